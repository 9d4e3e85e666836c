"""What a person is told by mail when their account has changed, so that somebody else's change does not go unseen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.messages.storage import default_storage
from django.core.mail.message import sanitize_address
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from console.teams.browsers import browser_in_words
from console.teams.models import User
from console.ui.client_address import client_address
from console.ui.problems import NotNow, Problem

ON_THE_SCREEN: Final = "django.core.mail.backends.console.EmailBackend"
TEMPLATE: Final = "account/email/changed"
# allauth's name of the change, without its folder → what happened.
CHANGES: Final = {
    "password_changed": "Your password was changed",
    "password_set": "A password was set for your account",
    "password_reset": "Your password was chosen anew, by the link of a mail",
    "email_changed": "You sign in with another address now: {to_email}",
    "email_confirm": "The address {email} was confirmed for your account",
    "email_deleted": "The address {deleted_email} was removed from your account",
    "totp_activated": "An authenticator app was set up for your account",
    "totp_deactivated": "The authenticator app was removed from your account",
    "recovery_codes_generated": "New recovery codes were made for your account; the old ones work no longer",
    "webauthn_added": "A passkey was added to your account",
    "webauthn_removed": "A passkey was removed from your account",
    "account_connected": "Your account was connected with {oidc_name}",
    "account_disconnected": "Your account is no longer connected with {oidc_name}",
}
_RESET: Final = ("password_reset_key", "unknown_account")


class MailNotTaken(NotNow):
    """No mail server took a mail that somebody waits for. `name` is allauth's name of the mail, with its folder."""

    def __init__(self, name: str) -> None:
        told = Problem("The mail did not go out", "The mail server does not answer, or did not take it.")
        if name.endswith(_RESET):
            again = "No link was sent, and your password stays as it is. Ask for it again in a few minutes."
            told = replace(told, next_step=again).leading_to(reverse("account_reset_password"), "Ask again")
        else:
            again = "The address is kept. In three minutes, sign in, or send it again from your account."
            told = replace(told, next_step=again).leading_to(reverse("account_email"), "To your addresses")
        super().__init__(told)


@contextmanager
def held_back(request: HttpRequest) -> Iterator[None]:
    """Mails of what is done meanwhile go out at its end: around a transaction, so that none waits for a mail server."""
    held: list[Callable[[], None]] = []
    request.held_mails = held  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del request.held_mails  # type: ignore[attr-defined]
    try:
        for send in held:
            send()
    except MailNotTaken:
        request._messages = default_storage(request)  # type: ignore[attr-defined] # not what says that it is on its way
        raise


def is_held_back(request: HttpRequest, send: Callable[[], None]) -> bool:
    """Whether the mail waits for the end of `held_back`, and is sent there."""
    held = getattr(request, "held_mails", None)
    if held is None:
        return False
    held.append(send)
    return True


def has_mail_server() -> bool:
    """Whether mails leave this console (EMAIL_URL is set). Without it, what it would mail is in the log."""
    return bool(settings.EMAIL_BACKEND != ON_THE_SCREEN)


def can_be_mailed(address: str) -> bool:
    """Whether it can be written on a mail: not every address that looks like one can."""
    try:
        sanitize_address(address, "utf-8")
    except ValueError:
        return False
    return True


def facts_of(name: str, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the mail about a change says. Raises KeyError for a change that allauth did not have before."""
    told = {"oidc_name": settings.OIDC_NAME, "email": "", **context}
    return {
        "happened": CHANGES[name.rpartition("/")[2]].format(**told),
        "at": timezone.now(),
        "address": client_address(request),
        "browser": browser_in_words(request.headers.get("User-Agent", "")),
        "reset_url": f"{settings.PUBLIC_URL}{reverse('account_reset_password')}",
        "sessions_url": f"{settings.PUBLIC_URL}{reverse('usersessions_list')}",
    }


def public_links(context: dict[str, Any]) -> dict[str, Any]:
    """The context of a mail, with allauth's links at our own address: it took host and port from the request."""
    links = {name: value for name, value in context.items() if name.endswith("_url") and isinstance(value, str)}
    return context | {name: f"{settings.PUBLIC_URL}{urlsplit(value).path}" for name, value in links.items()}


def address_of(person: User) -> str:
    """Where their mails go: the address they sign in with."""
    return EmailAddress.objects.get_primary_email(person) or person.email

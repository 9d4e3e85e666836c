"""Mails of an account: what its person hears of, and what happens while no mail server takes anything."""

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.teams import account_mails
from console.teams.models import Invitation, User
from tests.audit.calls import CALLS
from tests.audit.test_every_change import prepared, world  # noqa: F401 - a fixture
from tests.audit.world import World

pytestmark = pytest.mark.django_db
TOLD = {
    "account_change_password": "Your password was changed",
    "account_set_password": "A password was set",
    "account_reset_password_from_key": "Your password was chosen anew",
    "mfa_activate_totp": "An authenticator app was set up",
    "mfa_deactivate_totp": "The authenticator app was removed",
    "mfa_remove_webauthn": "A passkey was removed",
    "mfa_generate_recovery_codes": "New recovery codes were made",
    "socialaccount_connections": "no longer connected with Identity",
}
PASSWORD = "a long horse battery"


def changed(name: str, world: World, capture: Any) -> Any:  # noqa: F811
    world.browser.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    arguments, form = prepared(world, CALLS[name])
    mail.outbox.clear()
    with capture(execute=True):
        return world.browser.post(reverse(name, args=arguments), form)


@pytest.mark.parametrize("name", TOLD)
def test_the_person_hears_of_a_change_of_their_account(
    world: World,  # noqa: F811
    settings: Any,
    django_capture_on_commit_callbacks: Any,
    name: str,
) -> None:
    settings.OIDC_NAME = "Identity"
    changed(name, world, django_capture_on_commit_callbacks)
    (told,) = mail.outbox
    assert told.to == [world.alice.email]
    assert TOLD[name] in told.subject
    assert TOLD[name] in told.body
    assert "203.0.113.9, Firefox on Linux" in told.body
    assert reverse("account_reset_password") in told.body
    assert not told.subject.endswith("\n")


def test_a_change_stands_while_the_mail_server_is_away(
    world: World,  # noqa: F811
    no_server: None,
    django_capture_on_commit_callbacks: Any,
    caplog: Any,
) -> None:
    answer = changed("account_change_password", world, django_capture_on_commit_callbacks)
    assert answer.status_code == 302
    assert AuditEvent.objects.filter(act="password.changed").exists()
    assert "Traceback" not in caplog.text


def test_without_a_mail_server_nothing_is_written_on_the_screen(
    world: World,  # noqa: F811
    settings: Any,
    django_capture_on_commit_callbacks: Any,
    capsys: Any,
) -> None:
    settings.EMAIL_BACKEND = account_mails.ON_THE_SCREEN
    changed("account_change_password", world, django_capture_on_commit_callbacks)
    assert "Your password was changed" not in capsys.readouterr().out


def said_on(answer: Any) -> str:
    """What a page says, without its frame."""
    return html.unescape(answer.content.decode()).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("page", ["account_reset_password", "account_signup"])
def test_without_a_mail_server_a_page_says_where_the_link_is_and_not_who_is_here(
    settings: Any, alice: User, page: str, capsys: Any
) -> None:
    settings.EMAIL_BACKEND, settings.SIGNUP = account_mails.ON_THE_SCREEN, "open"
    who = {"name": "Dana Miller", "password1": PASSWORD}
    known, free = (
        said_on(Client().post(reverse(page), who | {"email": email}, follow=True))
        for email in (alice.email, "free@example.com")
    )
    assert "This console has no mail server" in free
    assert "on its way" not in free
    assert known.replace(alice.email, "free@example.com") == free
    assert alice.email in capsys.readouterr().out


def test_without_a_mail_server_a_new_address_is_told_where_its_link_is(
    settings: Any, alice: User, browser_of: Any
) -> None:
    settings.EMAIL_BACKEND = account_mails.ON_THE_SCREEN
    added = {"action_add": "", "email": "second@example.com"}
    page = browser_of(alice).post(reverse("account_email"), added, follow=True).content.decode()
    assert "the link to confirm second@example.com is in its log" in page
    assert "on its way" not in page


def test_who_signs_up_reads_which_address_and_how_to_have_the_link_again(client: Client, settings: Any) -> None:
    settings.SIGNUP = "open"
    who = {"name": "Dana Miller", "email": "dana@example.com", "password1": PASSWORD}
    page = said_on(client.post(reverse("account_signup"), who, follow=True))
    assert "A link to confirm dana@example.com is on its way." in page
    assert "Sign in with your password three minutes later" in page
    assert "confirm your address is" in said_on(Client().get(reverse("account_email_verification_sent")))


def test_every_change_that_allauth_tells_of_has_its_words() -> None:
    folder = Path(allauth.__file__).parent / "templates"
    mails = [*folder.glob("*/email/*_message.txt")]
    found = {path.name.removesuffix("_message.txt") for path in mails if "base_notification" in path.read_text()}
    assert len(found) > 10
    assert found == set(account_mails.CHANGES)


@pytest.fixture
def no_server(settings: Any) -> None:
    """Mails go to a port that nobody listens at."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def said(answer: Any) -> str:
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "The mail did not go out" in page
    return str(page)


def told_in(page: str) -> str:
    """What the page says, without the id of its request."""
    return page.partition("<main")[2].partition("Request id")[0]


def test_a_reset_says_that_no_link_went_out_and_not_who_is_here(client: Client, alice: User, no_server: None) -> None:
    pages = [
        said(client.post(reverse("account_reset_password"), {"email": email}))
        for email in (alice.email, "nobody@example.com")
    ]
    assert "your password stays as it is" in pages[0]
    assert told_in(pages[0]) == told_in(pages[1])


def test_signing_up_is_finished_once_the_mail_server_is_back(
    client: Client, settings: Any, mailoutbox: list[Any], request: Any
) -> None:
    settings.SIGNUP = "open"
    server = (settings.EMAIL_BACKEND, settings.EMAIL_HOST)
    request.getfixturevalue("no_server")
    who = {"name": "Dana Miller", "email": "dana@example.com", "password1": PASSWORD}
    assert "In three minutes, sign in" in said(client.post(reverse("account_signup"), who))
    assert authenticate(email="dana@example.com", password=PASSWORD)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = server
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):  # allauth sends one in three minutes
        Client().post(reverse("account_login"), {"login": "dana@example.com", "password": PASSWORD})
    assert [each.to for each in mailoutbox] == [["dana@example.com"]]
    assert not EmailAddress.objects.get(email="dana@example.com").verified


@pytest.mark.django_db(transaction=True)
def test_signing_up_with_an_address_that_is_taken_says_the_same(
    client: Client, settings: Any, alice: User, no_server: None
) -> None:
    cache.clear()
    settings.SIGNUP = "open"

    def pages(email: str) -> list[str]:
        form = {"name": "Mallory", "password1": PASSWORD, "email": email}
        answers = [Client().post(reverse("account_signup"), form) for _ in range(3)]
        return [f"{answer.status_code} {told_in(answer.content.decode())}" for answer in answers]

    assert pages(alice.email) == pages("free@example.com")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["action_add", "action_send"])
def test_a_new_address_is_kept_and_no_transaction_waits_for_its_mail(
    browser_of: Any, alice: User, no_server: None, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    cache.clear()  # what was mailed a moment ago is not mailed again
    waited_in: list[bool] = []

    def away(_: EmailBackend) -> None:
        waited_in.append(connection.in_atomic_block)
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", away)
    if act == "action_send":
        EmailAddress.objects.create(user=alice, email="second@example.com")
    page = said(browser_of(alice).post(reverse("account_email"), {act: "", "email": "second@example.com"}))
    assert "The address is kept" in page
    assert "on its way" not in page
    assert EmailAddress.objects.filter(user=alice, email="second@example.com").exists()
    assert waited_in == [False]


NO_MAIL_GOES_THERE = [f"a@{'ü' * 60}.com", "a@\u200b.com", "a@x。。y.com"]


@pytest.mark.parametrize("address", NO_MAIL_GOES_THERE)
def test_an_address_that_no_mail_can_be_sent_to_is_said_to_be_none(
    client: Client, browser_of: Any, alice: User, settings: Any, mailoutbox: list[Any], address: str
) -> None:
    settings.SIGNUP = "open"
    who = {"name": "Dana Miller", "password1": PASSWORD}
    asked = [
        client.post(reverse("account_reset_password"), {"email": address}),
        client.post(reverse("account_signup"), who | {"email": address}),
        browser_of(alice).post(reverse("account_email"), {"action_add": "", "email": address}),
        browser_of(alice).post(
            reverse("projects:invite"), {"addresses": f"ok@example.com {address}", "role": "member"}
        ),
    ]
    assert [answer.status_code < 500 and answer.status_code != 302 for answer in asked] == [True] * 4
    assert mailoutbox == []
    assert not Invitation.objects.exists()

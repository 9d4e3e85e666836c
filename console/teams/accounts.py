"""Signing up, in and out, and passwords, each with its line."""

from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.audit.recording import Thing, Unknown, record
from console.teams import account_mails, identity_proof, known_browsers, proof
from console.teams.account_mails import MailNotTaken
from console.teams.ending_sessions import end_sessions
from console.teams.inviting import proves_address
from console.teams.models import User
from console.teams.own_acts import record_own_act
from console.teams.signing_up import may_sign_up
from console.ui.client_address import client_address

log = structlog.get_logger("console.teams")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth with our rule of who may sign up, and a line for each act."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def clean_email(self, email: str) -> str:
        if not account_mails.can_be_mailed(email):
            raise ValidationError("No mail can be sent to this address.", code="invalid")
        return str(super().clean_email(email))

    def get_client_ip(self, request: HttpRequest) -> str:
        """`::` stands for an address that nobody told: allauth would refuse every page instead."""
        return client_address(request) or "::"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises MailNotTaken: whoever waits for the mail is told, on a page of its own."""
        send = partial(self._send, template_prefix, email, context)
        if not account_mails.is_held_back(self.request, send):
            send()

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Once the change is committed. It stands whether a mail server takes the mail or not."""
        if account_mails.has_mail_server():
            facts = account_mails.facts_of(template_prefix, self.request, context or {})
            address = email or account_mails.address_of(user)
            transaction.on_commit(partial(self._tell, self.request, address, facts))

    def _tell(self, request: HttpRequest, address: str, facts: dict[str, Any]) -> None:
        with suppress(MailNotTaken), context.request_context(request):
            self._send(account_mails.TEMPLATE, address, facts)

    def _send(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, account_mails.public_links(context))
        except (OSError, UnicodeError) as error:  # smtplib's errors are among the first
            log.warning("mail_not_taken", mail=template_prefix, error=type(error).__name__)
            raise MailNotTaken(template_prefix) from error

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """The mail of an invitation proves its address."""
        return proves_address(request, email)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """One rule for allauth's own pages and for our acts: a sign-in counts, for half an hour.

        Whoever proves it at the identity server is led there from here: allauth itself would let them pass.
        """
        request = context.request
        if request and request.user.is_authenticated:
            ways = self.get_reauthentication_methods(request.user)
            if identity_proof.ID in [way["id"] for way in ways]:
                proof.ask(request)
        return not (request and proof.is_fresh(request))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Whoever has neither password nor second step here proves it where they signed in."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not settings.OIDC_ISSUER or not SocialAccount.objects.filter(user_id=user.pk).exists():
            return methods
        return [{"id": identity_proof.ID, "description": settings.OIDC_NAME, "url": reverse("account_prove_by_oidc")}]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        return known_browsers.remember(request, super().post_login(request, user, **kwargs), user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failed tries at one account are counted by: not, as allauth has it, by the host's name as well."""
        return known_browsers.counted_by(request, str(credentials.get("email") or "").lower())

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
            identity_proof.note_sign_in(request)
            record_own_act("session.opened", user, request=request)

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            if isinstance(request.user, User):
                record_own_act("session.closed", request.user, request=request)
            super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password. The limit of failed tries is asked before, so tries beyond it make no lines."""
        email = str(credentials.get("email") or "")
        with transaction.atomic():
            person = User.objects.filter(email__iexact=email).first() if email else None
            if person:
                record_own_act("session.failed", person, request=request, is_known=False)
            else:
                nobody = Thing("user", "", email[:200] or "no address")
                record("session.failed", nobody, team_id=None, actor=Unknown(), request=request)

    def set_password(self, user: User, password: str) -> None:
        """Signed in it is a change; by the link of a mail it is a reset."""
        request = self.request
        is_signed_in = request is not None and request.user.is_authenticated
        act, by = ("changed", "the person, signed in") if is_signed_in else ("reset", "a link in a mail")
        with transaction.atomic():
            super().set_password(user, password)
            end_sessions(user, but=request.session.session_key if is_signed_in else None)
            record_own_act(f"password.{act}", user, request=request, after={"by": by})

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Nobody has shown yet that the account is theirs: the link goes to its own address."""
        with transaction.atomic():
            record_own_act("password.reset_asked", user, request=self.request, is_known=False)
        super().send_password_reset_mail(user, email, context)  # no mail server is waited for in a transaction

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        with transaction.atomic():
            done = bool(super().confirm_email(request, email_address))
            if done:
                after = {"address": email_address.email, "verified": True}
                record_own_act("address.confirmed", email_address.user, request=request, after=after)
        return done

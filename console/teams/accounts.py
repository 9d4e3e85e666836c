"""Signing up, in and out, and passwords, each with its line."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.audit.recording import Thing, Unknown, record
from console.teams import known_browsers, proof
from console.teams.ending_sessions import end_sessions
from console.teams.inviting import proves_address
from console.teams.models import User
from console.teams.own_acts import record_own_act
from console.teams.signing_up import may_sign_up


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth with our rule of who may sign up, and a line for each act."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """The mail of an invitation proves its address."""
        return proves_address(request, email)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """One rule for allauth's own pages and for our acts: a sign-in counts, for half an hour."""
        return not (context.request and proof.is_fresh(context.request))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Whoever has neither password nor second step here proves it where they signed in."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not settings.OIDC_ISSUER or not SocialAccount.objects.filter(user_id=user.pk).exists():
            return methods
        return [{"id": "oidc", "description": settings.OIDC_NAME, "url": reverse("account_prove_by_oidc")}]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        return known_browsers.remember(request, super().post_login(request, user, **kwargs), user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failed tries at one account are counted by: not, as allauth has it, by the host's name as well."""
        return known_browsers.counted_by(request, str(credentials.get("email") or "").lower())

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
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
        after = {"by": "the person, signed in" if is_signed_in else "a link in a mail"}
        with transaction.atomic():
            super().set_password(user, password)
            end_sessions(user, but=request.session.session_key if is_signed_in else None)
            record_own_act("password.changed", user, request=request, after=after)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Nobody has shown yet that the account is theirs: the link goes to its own address."""
        with transaction.atomic():
            record_own_act("password.reset_asked", user, request=self.request, is_known=False)
            super().send_password_reset_mail(user, email, context)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        with transaction.atomic():
            done = bool(super().confirm_email(request, email_address))
            if done:
                after = {"address": email_address.email, "verified": True}
                record_own_act("address.confirmed", email_address.user, request=request, after=after)
        return done

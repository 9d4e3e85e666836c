"""Signing in through the organisation's identity server: who is let in as whom.

An account that exists is linked only when both sides have the address confirmed; otherwise allauth would take its
password away, and an owner who was made on the command line could be shut out of a local console. New people follow the
rule of sign-up.
"""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from console.teams import identity_proof
from console.teams.models import User
from console.teams.signing_up import may_sign_up, settle
from console.ui.one_line import folded
from console.ui.visible import visible_count


class OidcAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth with our rules of linking."""

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Asked for an address that the identity server calls confirmed."""
        return bool(EmailAddress.objects.filter(email__iexact=email, verified=True).exists())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return may_sign_up(request, str(sociallogin.user.email or ""))

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        with transaction.atomic():
            newcomer: User = super().save_user(request, sociallogin, form)
            settle(request, newcomer)
        return newcomer

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """A known person whose account may not be linked by its address is told how, instead of being signed up."""
        process = sociallogin.state.get("process")
        identity_proof.note_return(request, sociallogin)
        if process == "redirect":  # a proof again: nobody is signed in by it
            identity_proof.prove(request, sociallogin)
        if sociallogin.is_existing or process in ("connect", "redirect"):
            return
        known = any(filter_users_by_email(each.email) for each in sociallogin.email_addresses)
        if known:
            words = "There is an account with your address, and it is not confirmed that it is yours. Sign in with "
            messages.error(request, f"{words}its password, then connect both on your account page.")
            raise ImmediateHttpResponse(redirect("account_login"))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        for address in sociallogin.email_addresses:
            address.verified = address.verified in (True, "true")  # some servers tell it in letters, "false" as well
        sociallogin.account.extra_data = _storable(sociallogin.account.extra_data)  # before allauth looks them up
        person: User = super().populate_user(request, sociallogin, data)
        name = folded(str(data.get("name") or ""))[:120]
        person.name = name if visible_count(name) else ""
        return person


def _storable(told: Any) -> Any:
    """What the server says, as every database takes it: PostgreSQL's JSON has no NUL and no half of a surrogate."""
    if isinstance(told, str):
        return told.encode(errors="replace").decode().replace("\0", "\ufffd")
    if isinstance(told, dict):
        return {_storable(name): _storable(value) for name, value in told.items()}
    return [_storable(each) for each in told] if isinstance(told, list) else told

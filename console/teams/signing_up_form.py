"""The form of a new account."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from console.teams.inviting import followed
from console.teams.models import User
from console.teams.signing_up import settle
from console.ui.one_line import NameField


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, address, password; the team's name where one is made. An invitation fixes the address."""

    name = NameField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    team_name = NameField(
        label="Name of your team",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="It can be changed later.",
    )
    field_order = ("name", "email", "password1", "team_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Email"
        self.invitation = followed(context.request)
        if self.invitation:
            self.fields["email"].disabled = True
            self.initial["email"] = self.invitation.email
            self.fields["email"].help_text = "The invitation was sent there."
            del self.fields["team_name"]

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        settle(request, user, self.cleaned_data.get("team_name", ""))
        record_authentication(request, user, "password")  # chosen a moment ago: the guide's first act asks for no proof

    def try_save(self, request: HttpRequest) -> Any:
        """All of it or nothing. An address that is taken in this moment answers as one that was taken before."""
        if self.account_already_exists:
            return super().try_save(request)  # which sends a mail: not in a transaction
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            return None, prevent_enumeration(request, email=self.cleaned_data["email"])

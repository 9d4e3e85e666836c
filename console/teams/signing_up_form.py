"""The form of a new account."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from console.teams.inviting import followed
from console.teams.models import User
from console.teams.signing_up import settle


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, address, password; the team's name where one is made. An invitation fixes the address."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    team_name = forms.CharField(
        label="Name of your team",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text="It can be changed later.",
    )
    field_order = ("name", "email", "password1", "team_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
        self.fields["password1"].help_text = "At least ten characters, and none of the usual ones."
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

    def try_save(self, request: HttpRequest) -> Any:
        """All of it or nothing. An address that is taken in this moment answers as one that was taken before."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            return None, prevent_enumeration(request, email=self.cleaned_data["email"])

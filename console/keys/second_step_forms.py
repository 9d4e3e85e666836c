"""allauth's forms of a second step, for answers that may be hostile and for values that may not open."""

from typing import Any, Final

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkeys
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction

from console.keys.second_steps import COLUMNS, CannotOpen, asked_for, is_in_its_place
from console.teams.own_acts import record_own_act

# What the passkey library raises for an answer that no browser gives.
_NONSENSE: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError, InvalidSignature)
# Codes of an app are good for three half minutes: the one that is running, and one on each side for clocks that differ.
_CODE_LIVES_SECONDS: Final = 120


class _Code:
    """A code of the app or one of the recovery codes; each works once."""

    user: Any
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        forget_tries = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        closed: ValidationError | None = None
        for step in Authenticator.objects.filter(user=self.user, type__in=COLUMNS).order_by("-type"):  # the app first
            try:
                if self._is_right(step, code):
                    step.user, self.authenticator = self.user, step
                    forget_tries()
                    return code
            except CannotOpen as error:
                closed = error
        _note_failure(self.user)
        raise closed or get_adapter().validation_error("incorrect_code")

    def _is_right(self, step: Authenticator, code: str) -> bool:
        """The row is held from reading to writing: two codes at once, or one and a rotation, come one after another."""
        with transaction.atomic(), asked_for(self.user.pk):
            held = Authenticator.objects.select_for_update().filter(pk=step.pk).first()
            if held is None:
                return False
            if not is_in_its_place(held):
                raise CannotOpen
            if not held.wrap().validate_code(code):
                return False
            plain = "".join(code.split())
            return cache.add(f"second-step-used:{step.pk}:{plain}", True, timeout=_CODE_LIVES_SECONDS)


class AuthenticateForm(_Code, codes.AuthenticateForm):  # type: ignore[misc]
    """While signing in."""


class ReauthenticateForm(_Code, codes.ReauthenticateForm):  # type: ignore[misc]
    """As a proof again."""


class _Answer(forms.JSONField):
    """Django expects no number of thousands of digits in JSON, and no lists in lists in lists."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return None


class _Passkey(forms.Form):
    """A passkey's answer is JSON from a stranger."""

    credential = _Answer(widget=forms.HiddenInput)
    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            step: Authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            _note_failure(self.user)
            raise
        except _NONSENSE as error:
            _note_failure(self.user)
            raise get_adapter().validation_error("incorrect_code") from error
        return step


class AuthenticateWebAuthnForm(_Passkey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """As a second step."""


class ReauthenticateWebAuthnForm(_Passkey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """As a proof again."""


class LoginWebAuthnForm(_Passkey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of a password."""


class AddWebAuthnForm(passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: always one that can sign in by itself, which asks for a finger, a face or a PIN."""

    credential = _Answer(widget=forms.HiddenInput)
    passwordless = None

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except _NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


def _note_failure(person: Any) -> None:
    if person is not None:
        record_own_act("second_step.failed", person, request=context.request, is_known=False)

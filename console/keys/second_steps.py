"""What a person's second step rests on, sealed like a key: the secret of an authenticator app, the seed of codes.

allauth keeps both in one JSON column and hands over the value alone, so whose it is comes from here: the person whose
code is being checked (`asked_for`), else the one who is signed in. The additional data of the seal is table, column and
person: a value moved to somebody else's row, or into the other column, does not open.
"""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from console.keys import vault

TABLE: Final = "mfa_authenticator"
COLUMNS: Final = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
_SEED_LENGTH: Final = 80  # an app's secret has 32 characters
_asked: ContextVar[UUID | None] = ContextVar("asked_for", default=None)


class CannotOpen(ValidationError):
    """What is kept of a second step does not open; words for the person, in a form or as a message."""

    def __init__(self) -> None:
        super().__init__(
            "This console cannot open what it keeps of your second step, so no code can be checked against it. "
            "Use another step, or ask whoever runs this console to take it away.",
            code="cannot_open",
        )


class SealedSecondSteps(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second steps with everything sealed that opens something."""

    def encrypt(self, text: str) -> str:
        column = "seed" if len(text) == _SEED_LENGTH else "secret"
        try:
            return _sealed(text, column, _whose())
        except vault.NoKeyset as error:
            raise CannotOpen from error

    def decrypt(self, encrypted_text: str) -> str:
        return _opened(encrypted_text, _whose())

    def get_totp_issuer(self) -> str:
        return f"Rivya Team Console ({context.request.get_host()})"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Rivya Team Console"}


@contextmanager
def asked_for(person_id: UUID) -> Iterator[None]:
    """Meanwhile, what is opened is this person's, who need not be signed in yet."""
    token = _asked.set(person_id)
    try:
        yield
    finally:
        _asked.reset(token)


def is_in_its_place(step: Authenticator) -> bool:
    """Whether the sealed value stands in the column it was sealed for."""
    column = COLUMNS[step.type]
    return str(step.data.get(column, "")).startswith(f"{column}:")


def outside_primary() -> Iterator[Authenticator]:
    """Second steps sealed under another key than the primary one, oldest first."""
    for step in Authenticator.objects.filter(type__in=COLUMNS).order_by("pk").iterator(200):
        if not _is_sealed_with_primary(step):
            yield step


def reseal(step: Authenticator) -> int:
    """Seal one anew; 0 when it does not open, or is gone. The row is held meanwhile: a code may just be used up."""
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().filter(pk=step.pk).first()
        if held is None:
            return 0
        column = COLUMNS[held.type]
        try:
            text = _opened(held.data[column], held.user_id)
        except CannotOpen:
            return 0
        held.data[column] = _sealed(text, column, held.user_id)
        held.save(update_fields=["data"])
    return 1


def _whose() -> UUID:
    asked = _asked.get()
    if asked is not None:
        return asked
    signed_in: UUID = context.request.user.pk
    return signed_in


def _sealed(text: str, column: str, person_id: UUID) -> str:
    sealed = vault.seal(text, table=f"{TABLE}.{column}", row=person_id, team=person_id)
    return f"{column}:{base64.b64encode(sealed).decode()}"


def _opened(text: str, person_id: UUID) -> str:
    column, _, encoded = text.partition(":")
    try:
        sealed = base64.b64decode(encoded, validate=True)
        return vault.open_sealed(sealed, table=f"{TABLE}.{column}", row=person_id, team=person_id)
    except (vault.CannotOpen, vault.NoKeyset, binascii.Error) as error:
        raise CannotOpen from error


def _is_sealed_with_primary(step: Authenticator) -> bool:
    encoded = str(step.data.get(COLUMNS[step.type], "")).partition(":")[2]
    try:
        return vault.is_sealed_with_primary(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        return False

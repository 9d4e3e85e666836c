"""Does the keyset open what this console sealed? Asked at the start and by `/readyz`, before a person finds out.

The canary is made when the console first starts; `rotate_keyset` seals it anew as it does every other value.
"""

from typing import Final
from uuid import UUID

from django.db import transaction

from console.audit.recording import Thing, record
from console.keys import vault
from console.keys.models import Canary, Secret
from console.keys.sealing import TABLE

THE_ONE: Final = UUID("00000000-0000-4000-8000-0000000ca9a7")
_SONG: Final = "the keyset of this console"
_NOBODYS: Final = UUID(int=0)


class WrongKeyset(Exception):
    """The keyset is missing, or opens nothing of what this console has sealed."""


def check() -> None:
    """Raises WrongKeyset. Makes no canary."""
    row = Canary.objects.filter(pk=THE_ONE).first()
    try:
        vault.keyset()
        if row is not None:
            vault.open_sealed(row.sealed, table=Canary.SEALED_TABLE, row=row.pk, team=_NOBODYS)
    except vault.NoKeyset as error:
        raise WrongKeyset(
            f"{error} It was expected at CONSOLE_KEYSET; `manage.py make_keyset` makes a new one."
        ) from None
    except vault.CannotOpen:
        raise WrongKeyset(
            "The keyset is another one than this console's values were sealed with (it does not open the canary). "
            "Put the right file back; if it is lost, `manage.py accept_keyset` goes on without what it sealed."
        ) from None


def make() -> bool:
    """Make the canary unless there is one. Raises WrongKeyset when this keyset opens no secret there is."""
    if Canary.objects.filter(pk=THE_ONE).exists():
        return False
    if not _opens_something():
        raise WrongKeyset("The keyset opens none of the Rivya keys that this console has: it is another console's.")
    return Canary.objects.get_or_create(pk=THE_ONE, defaults={"sealed": _sealed()})[1]


def accept() -> None:
    """The old keyset is lost: from now on this one counts. What does not open has to be pasted again."""
    with transaction.atomic():
        Canary.objects.update_or_create(pk=THE_ONE, defaults={"sealed": _sealed()})
        record("keyset.accepted", Thing("keyset", vault.primary_key_id(), "keyset"), team_id=None, actor=None)


def _sealed() -> bytes:
    return vault.seal(_SONG, table=Canary.SEALED_TABLE, row=THE_ONE, team=_NOBODYS)


def _opens_something() -> bool:
    secrets = list(Secret.objects.exclude(sealed=b"").select_related("key")[:100])
    return not secrets or any(_opens(secret) for secret in secrets)


def _opens(secret: Secret) -> bool:
    try:
        vault.open_sealed(secret.sealed, table=TABLE, row=secret.pk, team=secret.key.team_id)
    except vault.CannotOpen:
        return False
    return True

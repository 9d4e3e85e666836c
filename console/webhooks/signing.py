"""The signing secrets of an endpoint: sealed when they come, opened when something knocks, old ones for an hour."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.db.models import F, Q
from django.utils import timezone

from console import rivya
from console.keys import vault
from console.webhooks.models import Endpoint, SigningSecret

# Rivya may still be retrying what it signed before a rotation (rivya-api.md A31).
OVERLAP: Final = timedelta(hours=1)
MOST_OVERLAPPING: Final = 5  # each is tried at every knock
MOST_FORMER: Final = 3


def keep(endpoint: Endpoint, secret: rivya.Secret) -> SigningSecret:
    """Seal what Rivya just told; the one before is believed for an hour more. Inside the caller's transaction."""
    in_use = SigningSecret.objects.filter(endpoint=endpoint, accepted_until=None)
    in_use.update(accepted_until=timezone.now() + OVERLAP)
    row = uuid4()
    sealed = vault.seal(secret.reveal(), table=SigningSecret.SEALED_TABLE, row=row, team=endpoint.team_id)
    last_four = secret.reveal()[-4:]
    return SigningSecret.objects.create(id=row, endpoint=endpoint, sealed=sealed, last_four=last_four)


def believed(endpoint: Endpoint) -> list[rivya.Secret]:
    """The secret in use first, then the newest that are still in their hour. Raises CannotOpen, NoKeyset."""
    fresh = Q(accepted_until=None) | Q(accepted_until__gt=timezone.now())
    newest_first = F("accepted_until").desc(nulls_first=True)
    kept = SigningSecret.objects.filter(fresh, endpoint=endpoint).order_by(newest_first)
    return [opened(secret, endpoint) for secret in kept[: 1 + MOST_OVERLAPPING]]


def former(endpoint: Endpoint) -> list[rivya.Secret]:
    """The last few that are not believed any more: with them an old signature is told from a wrong one."""
    gone = SigningSecret.objects.filter(endpoint=endpoint, accepted_until__lte=timezone.now())
    return [opened(secret, endpoint) for secret in gone.order_by("-added_at")[:MOST_FORMER]]


def opened(secret: SigningSecret, endpoint: Endpoint) -> rivya.Secret:
    """Raises CannotOpen, NoKeyset."""
    table = SigningSecret.SEALED_TABLE
    return rivya.Secret(vault.open_sealed(secret.sealed, table=table, row=secret.pk, team=endpoint.team_id))

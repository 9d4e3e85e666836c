"""One act at a time on an endpoint: between Rivya's answer and our row nobody else's answer may come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from console.engine.leases import claim
from console.keys.declined import Declined
from console.webhooks.announcing import announce
from console.webhooks.models import Endpoint

# Longer than Rivya is waited for as a rule; an act that takes longer writes nothing any more (`Turn.writing`).
LEASE_SECONDS: Final = 120.0
BUSY: Final = (
    "Another act on this endpoint is still at Rivya. Look again in a moment; if the console was stopped "
    "in the middle of it, in two minutes."
)


class TurnOver(Declined):
    """It took too long, and somebody else's act may have come in between; what Rivya answered is not stored."""


@dataclass(frozen=True)
class Turn:
    """The endpoint, as it was when the turn began. The turn ends with the `with` block."""

    endpoint: Endpoint
    lease: UUID

    def __enter__(self) -> "Turn":
        return self

    def __exit__(self, *_: object) -> None:
        with transaction.atomic():
            Endpoint.objects.filter(pk=self.endpoint.pk, lease=self.lease).update(lease=None, leased_until=None)
            announce(self.endpoint.team_id, self.endpoint.pk)  # that it is over, however it went

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The transaction that writes what Rivya answered. Raises TurnOver."""
        with transaction.atomic():
            row = Endpoint.objects.select_for_update().filter(pk=self.endpoint.pk).values("lease").first()
            if row is None or row["lease"] != self.lease:
                raise TurnOver("It took too long, and its outcome is not known. Look at the endpoint, and do it again.")
            yield


def first_turn(**facts: object) -> Turn:
    """That of a new endpoint: nobody can act on it before whoever makes it."""
    lease, until = uuid4(), timezone.now() + timedelta(seconds=LEASE_SECONDS)
    return Turn(Endpoint.objects.create(lease=lease, leased_until=until, **facts), lease)


def turn(endpoint: Endpoint) -> Turn:
    """Nobody else acts on it meanwhile. Raises Declined when somebody does, or when it was deleted."""
    mine = Endpoint.objects.kept().filter(pk=endpoint.pk)
    lease, taken = claim(mine, order="pk", limit=1, lease_seconds=LEASE_SECONDS)
    if not taken:
        raise Declined(BUSY if mine.exists() else "This endpoint was deleted meanwhile.")
    return Turn(taken[0], lease)

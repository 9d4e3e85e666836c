"""Rivya's own view beside ours: what it sent, what it says became of it, and whether it is in our log."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console import rivya
from console.webhooks.asking import ask
from console.webhooks.models import Delivery, Endpoint

MOST_EVENTS: Final = 100
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Compared:
    """One event: Rivya's attempts to deliver it to this endpoint, newest first, and what we hold of it."""

    event_id: str
    type: str
    at: datetime | None
    attempts: list[rivya.Delivery]
    ours: Delivery | None

    @property
    def last(self) -> rivya.Delivery | None:
        return self.attempts[0] if self.attempts else None

    @property
    def is_missing(self) -> bool:
        """Rivya is through with it, and it is not here."""
        return self.ours is None and (self.last is None or self.last.next_attempt_at is None) and not self.is_under_way

    @property
    def is_under_way(self) -> bool:
        return self.last is not None and self.last.status in {"pending", "sending"}

    @property
    def words(self) -> str:
        """What that means, for a person."""
        if self.ours is not None:
            return "Here."
        if self.last is None:
            return "Not here: Rivya never sent it to this endpoint."
        if self.last.status == "succeeded":
            return "Not here, although Rivya says it arrived: something else answered at this address."
        if self.is_under_way or self.last.next_attempt_at:
            return "Not here yet: Rivya tries again."
        return "Missing: Rivya has stopped trying. Its job is read by the clock instead."


def compare(endpoint: Endpoint) -> list[Compared]:
    """The newest events of Rivya's account since the endpoint is active, newest first. Raises RivyaError, NoAccess."""

    async def both(client: rivya.Client) -> tuple[list[rivya.Delivery], list[rivya.Event]]:
        return await client.endpoints.deliveries(endpoint.rivya_id), await client.events.list()

    sent, events = ask(endpoint, both)
    attempts: dict[str, list[rivya.Delivery]] = defaultdict(list)
    for delivery in sorted(sent, key=lambda one: (one.created_at or _LONG_AGO, one.attempt or 0), reverse=True):
        attempts[delivery.event_id or ""].append(delivery)
    known = {event.id: event for event in events}
    wanted = [event_id for event_id in {**attempts, **_due(endpoint, known)} if event_id]
    here = Delivery.objects.believed().filter(endpoint=endpoint, event_id__in=wanted)
    ours = {delivery.event_id: delivery for delivery in here.select_related("job")}
    rows = [_row(event_id, known.get(event_id), attempts[event_id], ours.get(event_id)) for event_id in wanted]
    return sorted(rows, key=lambda row: row.at or _LONG_AGO, reverse=True)[:MOST_EVENTS]


def _due(endpoint: Endpoint, known: dict[str, rivya.Event]) -> dict[str, rivya.Event]:
    """Events that should have been sent here: those since the endpoint was made or resumed."""
    since = endpoint.active_since
    if since is None or not endpoint.is_registered:
        return {}
    recent = {event_id: event for event_id, event in known.items() if event.created_at and event.created_at > since}
    return {event_id: event for event_id, event in recent.items() if event_id != endpoint.test_event_id}


def _row(event_id: str, event: rivya.Event | None, attempts: list[rivya.Delivery], ours: Delivery | None) -> Compared:
    at = event.created_at if event else attempts[-1].created_at if attempts else None
    kind = event.type if event else ours.event_type if ours else ""
    return Compared(event_id, kind, at, attempts, ours)

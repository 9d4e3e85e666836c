"""The log of an endpoint, page by page, each request in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest

from console.ui.keyset import Cursor, Page, fetch_by_time, read_page
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.schemes import expected_names
from console.webhooks.telling import EFFECTS, Told, clock_words, verdict_of

Effect = Delivery.Effect
PAGE_SIZE: Final = 50
SHOWN: Final = (("", "All"), ("accepted", "Accepted"), ("refused", "Refused"), ("unknown", "Unknown job"))


@dataclass(frozen=True)
class Line:
    """One request as the log tells it."""

    delivery: Delivery

    @property
    def told(self) -> Told:
        return verdict_of(self.delivery)

    @property
    def effect(self) -> str:
        return EFFECTS[self.delivery.effect]

    @property
    def clock(self) -> str:
        return clock_words(self.delivery)

    @property
    def expected_headers(self) -> list[str]:
        """What the signature is looked for in, as its endpoint is set now."""
        return expected_names(self.delivery.endpoint.scheme)

    @property
    def can_ring(self) -> bool:
        """Whether it names a task that could be looked at again. A test names none that means anything."""
        is_test = self.delivery.effect == Delivery.Effect.TEST
        return self.delivery.verdict == Delivery.Verdict.ACCEPTED and bool(self.delivery.task_id) and not is_test


@dataclass(frozen=True)
class Filters:
    """What of the log is shown."""

    shown: str
    choices: tuple[tuple[str, str], ...] = SHOWN


def chosen(request: HttpRequest) -> Filters:
    """What the address names; everything when it names nothing known."""
    wanted = request.GET.get("shown", "")
    return Filters(wanted if wanted in dict(SHOWN) else "")


def page_of(endpoint: Endpoint, filters: Filters, cursor: Cursor | None) -> Page[Delivery]:
    """Up to 50 requests at the cursor, newest first."""
    rows = _filtered(Delivery.objects.filter(endpoint=endpoint).select_related("job"), filters.shown)
    return read_page(lambda at, limit: fetch_by_time(rows, at, limit), cursor, PAGE_SIZE)


def lines(deliveries: Iterable[Delivery]) -> list[Line]:
    """The requests in words."""
    return [Line(delivery) for delivery in deliveries]


def _filtered(rows: "QuerySet[Delivery]", shown: str) -> "QuerySet[Delivery]":
    match shown:
        case "accepted":
            return rows.filter(answer_status=200)
        case "refused":
            return rows.exclude(answer_status=200)
        case "unknown":
            return rows.filter(effect__in=[Effect.WAITING, Effect.STRANGE_JOB, Effect.NO_TASK])
        case _:
            return rows

"""The audit log of one team, page by page, newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime

from console.audit.models import AuditEvent

PAGE_SIZE = 50


@dataclass(frozen=True)
class AuditPage:
    """`before` is the cursor of the next, older page; empty on the last."""

    events: list[AuditEvent]
    before: str


def read(team_id: UUID, before: str = "") -> AuditPage:
    """Up to 50 lines older than the cursor; a cursor that makes no sense reads as none."""
    events = AuditEvent.objects.filter(team_id=team_id)
    if moment := _moment(before):
        events = events.filter(at__lt=moment)
    found = list(events[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1].at.isoformat() if len(found) > PAGE_SIZE else ""
    return AuditPage(found[:PAGE_SIZE], last)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):  # no such day, or before the first one there is
        return None

"""A cause that people had closed comes back by itself when it happens again."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from console.failures.models import Cause, Failure, Note

DAY: Final = timedelta(days=1)


def bring_back(cause_id: UUID, failed_at: datetime) -> bool:
    """Open the cause again if a failure at `failed_at` ends what it was closed for; inside a transaction."""
    cause = Cause.objects.get(pk=cause_id)
    why = _why(cause, failed_at)
    if not why:
        return False
    opened = {"state": cause.state_when_open, "closed_at": None, "returns": F("returns") + 1}
    endless = {"ignored_until": None, "ignored_to_count": None, "ignored_a_day": None}
    # Only the closing that was looked at: somebody may have closed it anew since.
    closed = Cause.objects.filter(pk=cause_id, state=cause.state, closed_at=cause.closed_at)
    if not closed.update(**opened, **endless):
        return False
    Note.objects.create(cause=cause, kind=Note.Kind.RETURNED, text=why)
    return True


def _why(cause: Cause, failed_at: datetime) -> str:
    """What brings it back, in words; empty while nothing does."""
    if not cause.is_closed or cause.closed_at is None or failed_at <= cause.closed_at:
        return ""
    if cause.state == Cause.State.RESOLVED:
        return "It failed again after it was resolved."
    if cause.ignored_until is not None:
        return "It failed again after the day it was ignored until." if failed_at >= cause.ignored_until else ""
    if cause.ignored_to_count is not None:
        return f"It has now failed {cause.count:,} times." if cause.count >= cause.ignored_to_count else ""
    if cause.ignored_a_day is not None:
        lately = Failure.objects.filter(cause=cause, failed_at__gt=max(timezone.now() - DAY, cause.closed_at)).count()
        return f"It failed {lately:,} times within a day." if lately > cause.ignored_a_day else ""
    return ""

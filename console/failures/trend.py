"""The last fourteen days of a cause as a small picture that can also be read out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from console.failures.models import CauseDay

DAYS: Final = 14
BAR: Final = 5
GAP: Final = 2
HEIGHT: Final = 24
WIDTH: Final = DAYS * (BAR + GAP) - GAP
_THINNEST: Final = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """One day; sizes are in the drawing's own units."""

    day: date
    count: int
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Trend:
    """`words` says what the picture shows."""

    marks: tuple[Mark, ...]
    total: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def words(self) -> str:
        if not self.total:
            return "None in the last 14 days"
        most = max(self.marks, key=lambda mark: mark.count)
        return f"{self.total:,} in the last 14 days, most on {most.day.day} {most.day:%B}: {most.count:,}"


def trends(cause_ids: Iterable[UUID], today: date) -> Mapping[UUID, Trend]:
    """The trend of each of these causes, up to and with `today`."""
    ids = list(cause_ids)
    first = today - timedelta(days=DAYS - 1)
    counts: dict[UUID, dict[date, int]] = {pk: {} for pk in ids}
    rows = CauseDay.objects.filter(cause_id__in=ids, day__range=(first, today))
    for cause_id, day, count in rows.values_list("cause_id", "day", "count"):
        counts[cause_id][day] = count
    return {pk: _drawn(days, first) for pk, days in counts.items()}


def _drawn(counts: Mapping[date, int], first: date) -> Trend:
    most = max(counts.values(), default=0)
    marks = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        count = counts.get(day, 0)
        height = max(_THINNEST, round(count / most * HEIGHT, 1)) if count else 1
        marks.append(Mark(day, count, number * (BAR + GAP), HEIGHT - height, height))
    return Trend(tuple(marks), sum(counts.values()))

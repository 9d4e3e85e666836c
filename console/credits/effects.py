"""What lines of the ledger add to the figures of usage: the one place that says so.

A line's part never depends on which of its subject's lines were counted before it, so they may be counted in any order
and by any worker: what it needs of the others was committed before it was written.
"""

from dataclasses import dataclass
from operator import add, sub
from typing import Any, Final

from django.db.models import (
    Case,
    Exists,
    Expression,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from console.credits.models import Entry, EntryQuerySet

FIGURES: Final = ("asked", "reserved", "ended", "charged", "charged_failed", "returned")


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of usage, in credits; `asked` counts jobs and turns. The words are those of DayUsage."""

    asked: int = 0
    reserved: int = 0
    ended: int = 0
    charged: int = 0
    charged_failed: int = 0
    returned: int = 0

    @property
    def held(self) -> int:
        """What was reserved and is not ended yet."""
        return self.reserved - self.ended

    @property
    def committed(self) -> int:
        """What counts against a budget."""
        return self.charged + self.held

    @property
    def parts(self) -> tuple[int, ...]:
        """In the order of FIGURES. `dataclasses.astuple` copies each number and takes twenty times as long."""
        return (self.asked, self.reserved, self.ended, self.charged, self.charged_failed, self.returned)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*map(add, self.parts, other.parts))

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(*map(sub, self.parts, other.parts))


def effects_of(entries: EntryQuerySet, *by: str) -> "QuerySet[Entry, Any]":
    """The figures of these lines as tuples: the values of `by`, then the figures in their order.

    `person_id` is whose work it was.
    """
    told = ["asker" if name == "person_id" else name for name in by]
    found: QuerySet[Entry, Any] = entries.with_asker().order_by().values_list(*told).annotate(**_sums())
    return found


def sums_of(rows: "QuerySet[Any]", *by: str) -> "QuerySet[Any, Any]":
    """The same of rows that hold figures."""
    found: QuerySet[Any, Any] = rows.order_by().values_list(*by)
    sums: QuerySet[Any, Any] = found.annotate(**{f"{name}_sum": Sum(name) for name in FIGURES})
    return sums


def _sums() -> dict[str, Sum]:
    kind = Entry.Kind
    same = Entry.objects.filter(subject=OuterRef("subject")).order_by()
    reserved = Subquery(same.filter(kind=kind.RESERVE).values("credits")[:1])
    held = Coalesce(Subquery(same.filter(kind=kind.ACCEPT).values("credits")[:1]), reserved, Value(0))
    failed = Exists(same.filter(kind__in=Entry.CLOSING, outcome=Entry.Outcome.FAILED))
    is_closing = Q(kind__in=Entry.CLOSING)
    parts = (
        [When(kind=kind.RESERVE, then=Value(1))],
        [When(kind=kind.RESERVE, then=F("credits")), When(kind=kind.ACCEPT, then=F("credits") - reserved)],
        [When(is_closing, then=held)],
        [When(kind__in=Entry.CHARGING, then=F("credits"))],
        [When(Q(kind__in=Entry.CHARGING) & Q(failed), then=F("credits"))],
        [When(is_closing, then=Greatest(held - F("credits"), Value(0)))],
    )
    return {f"{name}_sum": Sum(_zero_unless(part)) for name, part in zip(FIGURES, parts, strict=True)}


def _zero_unless(cases: list[When]) -> Expression:
    return Case(*cases, default=Value(0), output_field=IntegerField())

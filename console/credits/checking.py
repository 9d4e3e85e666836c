"""Prove that roll-ups and budgets equal the ledger, row by row, and make them anew where they do not."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Sum, Value

from console.audit.recording import Thing, record
from console.credits.effects import FIGURES, Figures, effects_of, sums_of
from console.credits.models import Budget, DayUsage, Entry, EntryQuerySet, UsageSum
from console.credits.models.usage_sum import DIMENSIONS
from console.credits.rolling import Sums, add, coarser, told_apart

_PLACE: Final = ("team_id", "grain_", "side_", "start_", *DIMENSIONS, "media_kind")  # the order of rolling.SUM
_NO_SIDE: Final = {"grain_": Value(""), "side_": Value(""), "start_": F("day")}
_ROLLED, _UNROLLED, _LEDGER, _BUDGETS = "rolled", "unrolled", "ledger", "budgets"


@dataclass(frozen=True, slots=True)
class Part:
    """What is proved, and repaired, in one go: a team's month."""

    team_id: UUID
    month: date

    @property
    def days(self) -> tuple[date, date]:
        return self.month, (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def thing(self) -> Thing:
        """For the audit log."""
        return Thing("usagesum", f"{self.month:%Y-%m}", f"Roll-ups of {self.month:%B %Y}")


@dataclass(frozen=True, slots=True)
class Difference:
    """`row` says which one is wrong: its figures are `found`, and the ledger says `expected`."""

    row: str
    found: Figures
    expected: Figures

    def __str__(self) -> str:
        each = zip(FIGURES, self.found.parts, self.expected.parts, strict=True)
        wrong = [f"{name} {found}, not {wanted}" for name, found, wanted in each if found != wanted]
        return f"{self.row}: {', '.join(wrong)}"


def parts() -> list[Part]:
    """Every team's month that a line, a roll-up or a budget speaks of."""
    months: set[tuple[Any, ...]] = set()
    months.update(Entry.objects.order_by().values_list("team_id", "month").distinct())
    months.update(DayUsage.objects.order_by().values_list("team_id", "month").distinct())
    months.update(UsageSum.objects.filter(grain=UsageSum.Grain.MONTH).values_list("team_id", "start").distinct())
    months.update(Budget.objects.values_list("project__team_id", "month").distinct())
    return [Part(*each) for each in sorted(months)]


def differences(part: Part) -> Iterator[Difference]:
    """What is wrong with the part. Each reading is one statement: workers may go on meanwhile."""
    for found, expected in (_roll_ups(part), _budgets(part)):
        for key in sorted(found.keys() | expected.keys()):
            pair = found.get(key, Figures()), expected.get(key, Figures())
            if pair[0] != pair[1]:
                yield Difference(" ".join(str(value) for value in key if value), *pair)


def repair(part: Part) -> None:
    """Make the part's roll-ups and budgets anew from the ledger; workers may go on meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Waits for the workers that are adding; those that come later find the new rows. Pages go on reading.
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {DayUsage._meta.db_table} IN EXCLUSIVE MODE")
        DayUsage.objects.filter(team_id=part.team_id, day__range=part.days).delete()
        UsageSum.objects.filter(team_id=part.team_id, start__range=part.days).delete()
        add(_lines(part).filter(unrolled=None))
        record("usage.repaired", part.thing, team_id=part.team_id, actor=None, after={"month": f"{part.month:%Y-%m}"})
    for budget in Budget.objects.filter(project__team_id=part.team_id, month=part.month):
        _repair_budget(budget)


def _lines(part: Part) -> EntryQuerySet:
    return Entry.objects.filter(team_id=part.team_id, day__range=part.days)


def _roll_ups(part: Part) -> tuple[Sums, Sums]:
    """What the roll-ups hold, and what they should: the ledger without the lines that are not rolled up yet."""
    days = DayUsage.objects.filter(team_id=part.team_id, day__range=part.days).annotate(**_NO_SIDE)
    sums = UsageSum.objects.filter(team_id=part.team_id, start__range=part.days)
    sums = sums.annotate(grain_=F("grain"), side_=F("side"), start_=F("start"))
    lines = _lines(part).annotate(**_NO_SIDE)
    by = ("source", *_PLACE)
    statement = sums_of(days.annotate(source=Value(_ROLLED)), *by).union(
        sums_of(sums.annotate(source=Value(_ROLLED)), *by),
        effects_of(lines.filter(unrolled__isnull=False).annotate(source=Value(_UNROLLED)), *by),
        effects_of(lines.annotate(source=Value(_LEDGER)), *by),
        all=True,
    )
    read: dict[str, Sums] = {each: defaultdict(Figures) for each in (_ROLLED, _UNROLLED, _LEDGER)}
    for source, *place, figures in told_apart(statement, by):
        read[source][tuple(place)] += figures
    expected = {place: figures - read[_UNROLLED][place] for place, figures in read[_LEDGER].items()}
    return read[_ROLLED], expected | coarser({(team, *rest): f for (team, _, _, *rest), f in expected.items()})


def _budgets(part: Part) -> tuple[Sums, Sums]:
    """What the budgets of the month hold as committed, and what was charged and is held; both as `charged`."""
    nothing = {f"{name}_sum": Value(0) for name in FIGURES} | {"charged_sum": Sum("committed")}
    kept = Budget.objects.filter(project__team_id=part.team_id, month=part.month).order_by()
    by = ("source", "month", "project_id")
    statement = effects_of(_lines(part).annotate(source=Value(_LEDGER)), *by).union(
        kept.annotate(source=Value(_BUDGETS)).values_list(*by).annotate(**nothing), all=True
    )
    read: dict[str, Sums] = {_LEDGER: {}, _BUDGETS: {}}
    for source, month, project_id, *figures in statement:
        read[source]["budget of", month, project_id] = Figures(charged=Figures(*figures).committed)
    return read[_BUDGETS], read[_LEDGER]


def _repair_budget(budget: Budget) -> None:
    with transaction.atomic():
        # Whoever adds a line takes this row first and keeps it until the line is committed.
        Budget.objects.select_for_update().get(pk=budget.pk)
        lines = Entry.objects.filter(project_id=budget.project_id, month=budget.month)
        Budget.objects.filter(pk=budget.pk).update(committed=lines.charged() + lines.held())

"""The monthly statement of a team: what each project was charged, by kind, and what is not settled yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from console.credits.charts import STACK
from console.credits.effects import Figures
from console.credits.models import Budget, Entry
from console.credits.usage_periods import DAY, By, Span, month_after
from console.credits.usage_questions import Question, by_project_and_kind, by_time
from console.credits.usage_reading import read
from console.projects.budget_history import budgets_in
from console.projects.models import Project
from console.projects.reach import reach_of, within
from console.teams.models import Membership, Team


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of work, or all of it. `charged` is what Rivya charged; what people corrected comes on top."""

    kind: str
    figures: Figures
    corrected: int

    @property
    def charged(self) -> int:
        return self.figures.charged - self.corrected

    def __add__(self, other: "Item") -> "Item":
        return Item("", self.figures + other.figures, self.corrected + other.corrected)


@dataclass(frozen=True, slots=True)
class Section:
    """A project's part. `limit` is the budget it had at the end of the month, and what was approved on top; or None."""

    project: Project
    items: Sequence[Item]
    limit: int | None

    @property
    def total(self) -> Item:
        return sum(self.items, _NOTHING)


@dataclass(frozen=True)
class Statement:
    """As of `drawn_at`: a month changes as long as something of it is open, and when a person corrects it."""

    team: Team
    month: date
    drawn_at: datetime
    is_over: bool
    sections: Sequence[Section]
    corrections: Sequence[Entry]

    @property
    def span(self) -> Span:
        return span_of_month(self.month)

    @cached_property
    def total(self) -> Item:
        return sum((section.total for section in self.sections), _NOTHING)


@dataclass(frozen=True, slots=True)
class Month:
    """A line of the list of statements."""

    month: date
    figures: Figures

    @property
    def name(self) -> str:
        """As its address says it: "2026-11"."""
        return f"{self.month:%Y-%m}"


_NOTHING = Item("", Figures(), 0)


def statement(membership: Membership, month: date, today: date) -> Statement:
    """The month of the team as it is now, as far as the member sees its projects."""
    team, reach = membership.team, reach_of(membership)
    drawn_at, span = timezone.now(), span_of_month(month)
    (answer,) = read(by_project_and_kind(Question(team.pk, span, projects=reach)))
    corrections = list(_corrections(membership, span).select_related("person").order_by("day", "id"))
    corrected = _corrected(membership, span)
    items: dict[Any, list[Item]] = {}
    for (project, kind), figures in sorted(answer.items(), key=_as_stacked):
        items.setdefault(project, []).append(Item(kind, figures, corrected.get((project, kind), 0)))
    projects = list(Project.objects.seen_by(membership).filter(pk__in=items))
    standing = budgets_in(month, projects)
    raised = dict(Budget.objects.filter(project__team=team, month=month).values_list("project_id", "raised"))
    sections = [
        Section(project, items[project.pk], _limit(standing[project.pk], raised.get(project.pk, 0)))
        for project in projects
    ]
    return Statement(team, month, drawn_at, today > span.last, sections, corrections)


def months_of(membership: Membership, today: date) -> list[Month]:
    """Every month in which something was asked for, the newest first."""
    first = (
        Entry.objects.filter(within(membership), team=membership.team_id)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
    if first is None:
        return []
    span = Span(first.replace(day=1), span_of_month(max(today, first)).last)
    (answer,) = read(by_time(Question(membership.team_id, span, projects=reach_of(membership)), By.MONTH))
    sums: dict[date, Figures] = {}
    for (month, _kind), figures in answer.items():
        sums[month] = sums.get(month, Figures()) + figures
    return [Month(month, sums[month]) for month in sorted(sums, reverse=True)]


def span_of_month(day: date) -> Span:
    """The month that the day is in."""
    return Span(day.replace(day=1), month_after(day) - DAY)


def _corrections(membership: Membership, span: Span) -> Any:
    """By project: the index that holds their kind begins with it."""
    projects = list(Project.objects.seen_by(membership).values_list("pk", flat=True))
    return Entry.objects.filter(project__in=projects, month=span.first, kind=Entry.Kind.CORRECT)


def _corrected(membership: Membership, span: Span) -> dict[tuple[Any, str], int]:
    sums = (
        _corrections(membership, span)
        .order_by()
        .values_list("project_id", "media_kind")
        .annotate(credits=Sum("credits"))
    )
    return {(project, kind): credits for project, kind, credits in sums}


def _as_stacked(item: tuple[Any, Figures]) -> tuple[int, str]:
    kind = item[0][1]
    return list(STACK).index(kind) if kind in STACK else len(STACK), kind


def _limit(standing: int | None, raised: int) -> int | None:
    return None if standing is None else standing + raised

"""The lines of the ledger behind a figure, day by day, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from console.credits.models import NOBODY, Entry, EntryQuerySet
from console.credits.usage_filters import Filters
from console.credits.usage_periods import By, Span
from console.credits.usage_questions import AT, Question, by_time
from console.credits.usage_reading import read
from console.projects.models import Project

_SAME: Final = Entry.objects.filter(subject=OuterRef("subject")).order_by()
_CLOSED: Final = Exists(_SAME.filter(kind__in=Entry.CLOSING))
_ACCEPTED: Final = Exists(_SAME.filter(kind=Entry.Kind.ACCEPT))
_FAILED: Final = Exists(_SAME.filter(kind__in=Entry.CLOSING, outcome=Entry.Outcome.FAILED))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: a line of a day. As text: "2026-11-12-48213"."""

    day: date
    id: int

    def __str__(self) -> str:
        return f"{self.day}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place that the text names; None, which means the first page, when it names none."""
        day, _, number = text.rpartition("-")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        try:
            return cls(date.fromisoformat(day), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what its subject held: `held` is Rivya's own figure once it took the work."""

    entry: Entry
    reserved: int
    held: int

    @property
    def returned(self) -> int:
        """What the line gave back."""
        return max(0, self.held - self.entry.credits) if self.entry.kind in Entry.CLOSING else 0

    @property
    def charged(self) -> int:
        return self.entry.credits if self.entry.kind in Entry.CHARGING else 0

    @property
    def holds(self) -> int:
        """What the line adds to what is held; below zero where it ends it."""
        match self.entry.kind:
            case Entry.Kind.RESERVE:
                return self.entry.credits
            case Entry.Kind.ACCEPT:
                return self.entry.credits - self.reserved
            case Entry.Kind.SETTLE | Entry.Kind.RELEASE:
                return -self.held
        return 0


def lines_behind(filters: Filters, after: Place | None = None) -> EntryQuerySet:
    """All lines after the place that the filters ask for; with `what`, those that add up to that figure."""
    question = filters.question
    if after and after.day <= question.span.last:
        # One upper bound alone: of two, SQLite seeks by the first and walks over what the other leaves out.
        question = question.of(Span(question.span.first, after.day))
    whose = replace(question, person=None) if filters.what == "failed" else question  # that one says itself whose
    lines = whose.lines(on=days_with_something_open(question) if filters.what == "held" else None)
    if after:
        lines = lines.exclude(day=after.day, id__gte=after.id)
    match filters.what:
        case "charged":
            return lines.filter(kind__in=Entry.CHARGING).exclude(credits=0)
        case "failed":
            return _charged_for_failed_work(question, lines)
        case "returned":
            return lines.with_held().filter(Q(("held__gt", F("credits"))), kind__in=Entry.CLOSING)
        case "held":
            counted = Q(kind=Entry.Kind.ACCEPT) | ~Q(_ACCEPTED)
            return lines.filter(~Q(_CLOSED), counted, kind__in=Entry.HOLDING)
    return lines


def _charged_for_failed_work(question: Question, lines: EntryQuerySet) -> EntryQuerySet:
    """A settlement says itself how its work ended; only for corrections, and they are few, is that looked up."""
    settled = Q(kind=Entry.Kind.SETTLE, outcome=Entry.Outcome.FAILED)
    if question.person:
        settled &= Q(person=None if question.person == NOBODY else question.person)
    corrected = _corrections_of_failed_work(question)
    return lines.filter(settled | Q(pk__in=corrected) if corrected else settled).exclude(credits=0)


def _corrections_of_failed_work(question: Question) -> list[int]:
    """By project and month: the index that holds their kind begins with them."""
    team = Project.objects.filter(team=question.team_id).values_list("pk", flat=True)
    seen = list(team) if question.projects is None else question.projects
    projects = [each for each in seen if question.project in (None, each)]
    months = [bar.first.replace(day=1) for bar in question.span.bars(By.MONTH)]
    found = Entry.objects.with_asker().filter(project__in=projects, month__in=months, kind=Entry.Kind.CORRECT)
    return [
        line.pk
        for line in found.filter(_FAILED).order_by()  # in its own order SQLite would read the whole ledger
        if question.holds(
            {
                AT: line.day,
                "media_kind": line.media_kind,
                "project_id": line.project_id,
                "person_id": line.asker or NOBODY,  # type: ignore[attr-defined]
                "key_id": line.key_id,
                "model": line.model,
            }
        )
    ]


def page_of(lines: EntryQuerySet, size: int) -> tuple[list[Entry], Place | None]:
    """The first so many lines, and the place after which the next page begins; None on the last."""
    found = list(lines.order_by("-day", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], Place(last.day, last.pk) if last else None


def with_held(entries: Sequence[Entry]) -> list[Line]:
    """The same lines, each with what its subject held; one query."""
    amounts = _amounts({entry.subject for entry in entries})
    return [
        Line(
            entry,
            amounts.get((entry.subject, Entry.Kind.RESERVE), 0),
            amounts.get((entry.subject, Entry.Kind.ACCEPT), amounts.get((entry.subject, Entry.Kind.RESERVE), 0)),
        )
        for entry in entries
    ]


def days_with_something_open(question: Question) -> set[date]:
    """So that few lines are looked at, not a year of them."""
    (answer,) = read(by_time(question, By.DAY))
    return {day for (day, _kind), figures in answer.items() if figures.held}


def _amounts(subjects: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    holding = Entry.objects.filter(subject__in=subjects, kind__in=Entry.HOLDING).order_by()
    return {(subject, kind): credits for subject, kind, credits in holding.values_list("subject", "kind", "credits")}

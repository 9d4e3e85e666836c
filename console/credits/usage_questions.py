"""What can be asked about usage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from console.credits.models import NOBODY, Entry, EntryQuerySet
from console.credits.models.usage_sum import DIMENSIONS, SIDES
from console.credits.usage_periods import By, Span

AT: Final = "at"  # the day of a row, or the first day of the bar it belongs to


@dataclass(frozen=True, slots=True)
class Question:
    """Whose usage, of which days, and what it is narrowed to; `keys` None means every key.

    `projects` are those that the asker sees, None all: also of one `project` nothing is told that is not among them.
    """

    team_id: UUID
    span: Span
    project: UUID | None = None
    person: UUID | None = None
    keys: Sequence[UUID] | None = None
    model: str = ""
    kind: str = ""
    projects: Sequence[UUID] | None = None

    def of(self, span: Span) -> "Question":
        """The same about other days."""
        return replace(self, span=span)

    @property
    def narrowed(self) -> dict[str, Any]:
        """What is asked for, as field lookups that roll-ups and lines share."""
        given = {"project_id": self.project, "person_id": self.person, "model": self.model, "media_kind": self.kind}
        found: dict[str, Any] = {name: value for name, value in given.items() if value}
        if self.projects is not None:
            found.pop("project_id", None)
            found["project_id__in"] = [each for each in self.projects if self.project in (None, each)]
        return found if self.keys is None else found | {"key_id__in": list(self.keys)}

    def lines(self, on: Collection[date] | None = None) -> EntryQuerySet:
        """The ledger's lines that it speaks of, with their `asker`; `on` these days of its span, when some are given.

        Never both ends and single days: SQLite takes the ends then, and walks over all that lies between.
        """
        narrowed, ends = self.narrowed, (self.span.first, self.span.last)
        days = Q(("day__range", ends)) if on is None else Q(("day__in", on))
        found = Entry.objects.with_asker().filter(days, team_id=self.team_id)
        if (person := narrowed.pop("person_id", None)) is not None:
            own, asked = Q(person=person), Q(("asker", person))
            if person == NOBODY:
                own, asked = Q(person=None), Q(("asker__isnull", True))
            # Only of a correction the asker is looked up: of one `person` the databases know how many lines there are.
            found = found.filter(Q(own, ~Q(kind=Entry.Kind.CORRECT)) | Q(asked, kind=Entry.Kind.CORRECT))
        return found.filter(**narrowed)

    def holds(self, place: Mapping[str, Any]) -> bool:
        """Whether something of that day, kind, project, person, key and model is asked for."""
        in_days = self.span.first <= place[AT] <= self.span.last
        return in_days and all(
            place[name.removesuffix("__in")] in value if name.endswith("__in") else place[name] == value
            for name, value in self.narrowed.items()
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One table of sums, told apart by these columns; `bars` says what AT means."""

    question: Question
    by: tuple[str, ...]
    bars: By = By.MONTH

    @property
    def side(self) -> str:
        """The side of UsageSum that tells enough apart."""
        question = self.question
        narrowed = (
            question.project or question.projects is not None,
            question.person,
            question.keys is not None,
            question.model,
        )
        needed = frozenset(
            name for name, is_narrowed in zip(DIMENSIONS, narrowed, strict=True) if is_narrowed or name in self.by
        )
        return _SIDE_OF.get(needed, "all")


_SIDE_OF: Final = {frozenset(names): side for side, names in SIDES.items()}


def total(question: Question) -> Wanted:
    """All of it, under the empty key."""
    return Wanted(question, ())


def by_side(question: Question, side: str, *, with_kind: bool = False) -> Wanted:
    """By project, person, key or model (and kind); nobody's under NOBODY."""
    return Wanted(question, (*SIDES[side], "media_kind") if with_kind else SIDES[side])


def by_time(question: Question, bars: By) -> Wanted:
    """By the first day of a bar and kind."""
    return Wanted(question, (AT, "media_kind"), bars)


def by_project_and_kind(question: Question) -> Wanted:
    """As a statement lists it."""
    return Wanted(question, ("project_id", "media_kind"))

"""A cause as the pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.utils import timezone

from console.failures.caring import Until
from console.failures.models import Cause, CauseShare, carers
from console.failures.trend import Trend, trends
from console.failures.verdicts import Verdict, verdict_on
from console.projects.models import Project
from console.teams.models import Team, User

NO_REASON: Final = "Rivya gave no reason."
RIVYAS_TO_EXPLAIN: Final = ("generation_failed", "failed", "refused")


@dataclass(frozen=True)
class Share:
    """How many failures are one project's, or one person's."""

    name: str
    count: int


@dataclass(frozen=True)
class Row:
    """A cause with its verdict, its trend, and whose jobs it stopped."""

    cause: Cause
    trend: Trend
    projects: int
    people: int
    is_left: bool
    """Whether it was given to somebody who may not look after it any more."""

    @cached_property
    def verdict(self) -> Verdict:
        return verdict_on(self.cause.code)

    @property
    def pill(self) -> str:
        """The name of its state's pill."""
        return "cause_open" if self.is_left else f"cause_{self.cause.state}"

    @property
    def holder(self) -> str:
        """Who looks after it, or did; empty when that is nobody."""
        person = self.cause.assigned_to
        if person is None or self.cause.state != Cause.State.ASSIGNED:
            return ""
        return f"Nobody (was {person.display_name})" if self.is_left else person.display_name

    @property
    def message(self) -> str:
        """What was said of it; that Rivya said nothing, where Rivya should have."""
        return self.cause.message or (NO_REASON if self.cause.code in RIVYAS_TO_EXPLAIN else "")

    @property
    def ignored_words(self) -> str:
        """What ends the ignoring."""
        cause = self.cause
        if cause.ignored_to_count is not None:
            return Until(more=max(1, cause.ignored_to_count - cause.count)).words
        return Until(a_day=cause.ignored_a_day).words if cause.ignored_a_day is not None else ""


def rows(team: Team, causes: Iterable[Cause]) -> list[Row]:
    """These causes with all that a list shows, in three queries."""
    causes = list(causes)
    ids = [cause.pk for cause in causes]
    today = timezone.localdate(timezone=ZoneInfo(team.time_zone))
    drawn = trends(ids, today)
    counted = CauseShare.objects.filter(cause_id__in=ids).values_list("cause_id")
    distinct = {"projects": Count("project_id", distinct=True), "people": Count("person_id", distinct=True)}
    whose = {pk: (projects, people) for pk, projects, people in counted.annotate(**distinct)}
    given = {cause.pk: cause.assigned_to_id for cause in causes if cause.state == Cause.State.ASSIGNED}
    able = set(carers().filter(team=team, user__in=set(given.values())).values_list("user_id", flat=True))
    left = {pk for pk, person_id in given.items() if person_id not in able}
    return [Row(cause, drawn[cause.pk], *whose.get(cause.pk, (0, 0)), cause.pk in left) for cause in causes]


def shares(cause: Cause, most: int) -> tuple[list[Share], list[Share]]:
    """Whose failures these are: the projects and the people with the most."""
    its = CauseShare.objects.filter(cause=cause).order_by()
    projects = list(its.values_list("project_id").annotate(sum=Sum("count")).order_by("-sum")[:most])
    people = list(its.values_list("person_id").annotate(sum=Sum("count")).order_by("-sum")[:most])
    names = dict(Project.objects.filter(pk__in=[pk for pk, _ in projects]).values_list("pk", "name"))
    users = {user.pk: user.display_name for user in User.objects.filter(pk__in=[pk for pk, _ in people])}
    return _named(projects, names), _named(people, users)


def _named(counts: Iterable[tuple[UUID, int]], names: Mapping[UUID, str]) -> list[Share]:
    return [Share(names.get(pk, "Somebody who left"), count) for pk, count in counts]

"""A cause as the pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from console.failures.models import Cause, CauseShare
from console.failures.models.cause import NOBODY
from console.failures.trend import Trend, trends
from console.failures.verdicts import Verdict, verdict_on
from console.projects.models import Project
from console.teams.models import Team, User


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
    projects: list[Share]
    people: list[Share]

    @cached_property
    def verdict(self) -> Verdict:
        return verdict_on(self.cause.code)

    @property
    def ignored_words(self) -> str:
        """What ends the ignoring."""
        cause = self.cause
        if cause.ignored_to_count is not None:
            return f"until {max(0, cause.ignored_to_count - cause.count):,} more failures"
        return f"while not more than {cause.ignored_a_day:,} fail in a day" if cause.ignored_a_day is not None else ""


def rows(team: Team, causes: Iterable[Cause]) -> list[Row]:
    """These causes with all that a list shows, in four queries."""
    causes = list(causes)
    ids = [cause.pk for cause in causes]
    today = timezone.localdate(timezone=ZoneInfo(team.time_zone))
    drawn = trends(ids, today)
    shares = list(CauseShare.objects.filter(cause_id__in=ids))
    projects = dict(Project.objects.filter(pk__in={each.project_id for each in shares}).values_list("pk", "name"))
    people = {user.pk: user.display_name for user in User.objects.filter(pk__in={each.person_id for each in shares})}
    return [
        Row(
            cause,
            drawn[cause.pk],
            _summed(((each.project_id, each.count) for each in shares if each.cause_id == cause.pk), projects),
            _summed(((each.person_id, each.count) for each in shares if each.cause_id == cause.pk), people),
        )
        for cause in causes
    ]


def _summed(counts: Iterable[tuple[UUID, int]], names: Mapping[UUID, str]) -> list[Share]:
    sums: dict[UUID, int] = {}
    for pk, count in counts:
        sums[pk] = sums.get(pk, 0) + count
    told = [Share(names.get(pk, "Somebody who left" if pk == NOBODY else "Gone"), count) for pk, count in sums.items()]
    return sorted(told, key=lambda share: (-share.count, share.name))

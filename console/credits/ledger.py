"""Reserve, settle, release: each once per job or turn, always inside the transaction of the act that causes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from console.credits.models import Budget, Entry
from console.keys.models import Key
from console.projects.models import Project


class BudgetReached(Exception):
    """The project's own monthly budget has no room for this reservation; nothing was written."""

    def __init__(self, project: Project, asked: int, left: int) -> None:
        super().__init__(f"{project} has {left} credits left this month; this needs {asked}.")
        self.project, self.asked, self.left = project, asked, left


@dataclass(frozen=True)
class Subject:
    """What credits are spent on: a job or a chat turn."""

    id: UUID
    kind: str
    model: str
    media_kind: str


def reserve(subject: Subject, *, project: Project, key: Key, person: Any, credits: int) -> Entry:
    """Hold `credits` for the subject. Raises BudgetReached when the month has no room, also under concurrency."""
    with transaction.atomic():
        month = month_of(project, timezone.now())
        _take(project, month, credits)
        return Entry.objects.create(
            team_id=project.team_id,
            project=project,
            key=key,
            account_id=key.account_id,
            person=person,
            kind=Entry.Kind.RESERVE,
            credits=credits,
            subject=subject.id,
            subject_kind=subject.kind,
            model=subject.model,
            media_kind=subject.media_kind,
            month=month,
        )


def settle(subject_id: UUID, credits: int) -> Entry:
    """Close the reservation with what Rivya charged, which may be less or more than was held."""
    return _close(subject_id, Entry.Kind.SETTLE, credits)


def release(subject_id: UUID) -> Entry:
    """Close the reservation with nothing charged."""
    return _close(subject_id, Entry.Kind.RELEASE, 0)


def left_this_month(project: Project) -> int | None:
    """Credits the project may still reserve this month; None without a budget."""
    if project.monthly_budget is None:
        return None
    budget = Budget.objects.filter(project=project, month=month_of(project, timezone.now())).first()
    return max(0, project.monthly_budget - (budget.committed if budget else 0))


def month_of(project: Project, moment: datetime) -> date:
    """The first day of the month that the moment falls in, in the team's zone."""
    return month_in(project.team.time_zone, moment)


def month_in(time_zone: str, moment: datetime) -> date:
    """The first day of the month that the moment falls in, in that zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date().replace(day=1)


def _take(project: Project, month: date, credits: int) -> None:
    Budget.objects.get_or_create(project=project, month=month)
    # The limit is read in the same statement that takes from it: two submits cannot both see the last credit.
    limit = Project.objects.filter(pk=project.pk).values("monthly_budget")
    room = models.Q(asked__lte=models.Subquery(limit)) | models.Q(unlimited=True)
    taken = (
        Budget.objects.filter(project=project, month=month)
        .annotate(
            asked=F("committed") + credits,
            unlimited=models.Exists(Project.objects.filter(pk=project.pk, monthly_budget=None)),
        )
        .filter(room)
        .update(committed=F("committed") + credits)
    )
    if not taken:
        project.refresh_from_db(fields=["monthly_budget"])
        raise BudgetReached(project, credits, left_this_month(project) or 0)


def _close(subject_id: UUID, kind: Entry.Kind, credits: int) -> Entry:
    with transaction.atomic():
        held = Entry.objects.get(subject=subject_id, kind=Entry.Kind.RESERVE)
        Budget.objects.filter(project_id=held.project_id, month=held.month).update(
            committed=F("committed") + credits - held.credits
        )
        return Entry.objects.create(
            team_id=held.team_id,
            project_id=held.project_id,
            key_id=held.key_id,
            account_id=held.account_id,
            person_id=held.person_id,
            kind=kind,
            credits=credits,
            subject=held.subject,
            subject_kind=held.subject_kind,
            model=held.model,
            media_kind=held.media_kind,
            month=held.month,
        )

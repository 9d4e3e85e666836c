"""Reserve, accept, settle, release: each once per job or turn, inside the transaction of the act that causes it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from console.credits.models import Budget, Entry, Unrolled
from console.keys.models import Key
from console.projects.models import Project

# A time of Rivya's further from our own than this is a wrong clock, not a fact.
BELIEVABLE = timedelta(minutes=10)


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


@dataclass(frozen=True)
class Month:
    """A project's month: `budget` is its standing limit (None: no limit), `raised` what was approved on top."""

    month: date
    budget: int | None
    raised: int
    committed: int
    may_overrun: bool

    @property
    def limit(self) -> int | None:
        return None if self.budget is None else self.budget + self.raised

    @property
    def left(self) -> int | None:
        """Credits that may still be reserved within the limit, never below 0; None without one."""
        return None if self.limit is None else max(0, self.limit - self.committed)

    @property
    def is_overrun(self) -> bool:
        return self.limit is not None and self.committed > self.limit

    def holds(self, credits: int) -> bool:
        """Whether a reservation of this size would be let through now; `reserve` decides."""
        return self.left is None or self.may_overrun or credits <= self.left


def reserve(subject: Subject, *, project: Project, key: Key, person: Any, credits: int) -> Entry:
    """Hold `credits` for the subject. Raises BudgetReached when the month has no room, also under concurrency."""
    with transaction.atomic():
        day = day_in(project.team.time_zone, timezone.now())
        _take(project, day.replace(day=1), credits)
        return _add(
            team_id=project.team_id,
            project_id=project.pk,
            key_id=key.pk,
            account_id=key.account_id,
            person_id=person.pk if person else None,
            kind=Entry.Kind.RESERVE,
            credits=credits,
            subject=subject.id,
            subject_kind=subject.kind,
            model=subject.model,
            media_kind=subject.media_kind,
            day=day,
            month=day.replace(day=1),
        )


def accept(subject_id: UUID, credits: int, *, rivya_at: datetime | None = None) -> Entry | None:
    """Rivya took the work and says what it reserved: that is what is held from now on. None when it was said before.

    Never refused for the budget: Rivya has taken the credits already.
    """
    with transaction.atomic():
        held = _held(subject_id)
        if held.kind == Entry.Kind.ACCEPT or _is_closed(subject_id):
            return None
        _commit(held, credits - held.credits)
        return _follow(held, Entry.Kind.ACCEPT, credits, rivya_at=rivya_at)


def settle(
    subject_id: UUID, credits: int, *, outcome: Entry.Outcome = Entry.Outcome.DONE, rivya_at: datetime | None = None
) -> Entry:
    """Close the reservation with what Rivya charged, which may be less or more than was held."""
    return _close(subject_id, Entry.Kind.SETTLE, credits, outcome, rivya_at)


def release(
    subject_id: UUID, *, outcome: Entry.Outcome = Entry.Outcome.FAILED, rivya_at: datetime | None = None
) -> Entry:
    """Close the reservation with nothing charged."""
    return _close(subject_id, Entry.Kind.RELEASE, 0, outcome, rivya_at)


def correct(subject_id: UUID, credits: int, *, person: Any, reason: str) -> Entry:
    """Add to (or, below zero, take from) what a closed subject was charged, by a person, for a reason that is kept.

    Raises ValueError for 0 credits, no reason, a subject that is still open, or a charge that would fall below zero.
    """
    with transaction.atomic():
        held = _held(subject_id)
        # Two corrections of one subject follow each other: both must see what the other left.
        Budget.objects.select_for_update().get(project_id=held.project_id, month=held.month)
        charged = Entry.objects.filter(subject=subject_id).charged()
        if not credits or not reason.strip() or charged + credits < 0 or not _is_closed(subject_id):
            raise ValueError("A correction changes the charge of ended work, not below zero, for a reason.")
        _commit(held, credits)
        return _follow(held, Entry.Kind.CORRECT, credits, person_id=person.pk, reason=reason.strip())


def month_now(project: Project) -> Month:
    """The project's current month as it is right now."""
    month = month_of(project, timezone.now())
    budget = Budget.objects.filter(project=project, month=month).first()
    raised, committed = (budget.raised, budget.committed) if budget else (0, 0)
    return Month(month, project.monthly_budget, raised, committed, project.may_overrun)


def left_this_month(project: Project) -> int | None:
    """Credits the project may still reserve this month; None without a budget."""
    return month_now(project).left


def month_of(project: Project, moment: datetime) -> date:
    """The first day of the month that the moment falls in, in the team's zone."""
    return month_in(project.team.time_zone, moment)


def month_in(time_zone: str, moment: datetime) -> date:
    """The first day of the month that the moment falls in, in that zone."""
    return day_in(time_zone, moment).replace(day=1)


def day_in(time_zone: str, moment: datetime) -> date:
    """The day that the moment falls on, in that zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def _take(project: Project, month: date, credits: int) -> None:
    Budget.objects.get_or_create(project=project, month=month)
    # The limit is read in the same statement that takes from it: two submits cannot both see the last credit.
    limit = Project.objects.filter(pk=project.pk).values("monthly_budget")
    endless = Project.objects.filter(pk=project.pk).filter(models.Q(monthly_budget=None) | models.Q(may_overrun=True))
    taken = (
        Budget.objects.filter(project=project, month=month)
        .annotate(asked=F("committed") + credits, limit=models.Subquery(limit) + F("raised"))
        .filter(models.Q(asked__lte=F("limit")) | models.Exists(endless))
        .update(committed=F("committed") + credits)
    )
    if not taken:
        project.refresh_from_db(fields=["monthly_budget", "may_overrun"])
        raise BudgetReached(project, credits, left_this_month(project) or 0)


def _close(
    subject_id: UUID, kind: Entry.Kind, credits: int, outcome: Entry.Outcome, rivya_at: datetime | None
) -> Entry:
    with transaction.atomic():
        held = _held(subject_id)
        _commit(held, credits - held.credits)
        return _follow(held, kind, credits, outcome=outcome, rivya_at=rivya_at)


def _held(subject_id: UUID) -> Entry:
    """The line that says what is held: Rivya's own figure once it accepted."""
    lines = Entry.objects.filter(subject=subject_id, kind__in=Entry.HOLDING)
    found = {line.kind: line for line in lines}
    if Entry.Kind.RESERVE not in found:
        raise Entry.DoesNotExist(f"Nothing was reserved for {subject_id}.")
    return found.get(Entry.Kind.ACCEPT, found[Entry.Kind.RESERVE])


def _is_closed(subject_id: UUID) -> bool:
    return Entry.objects.filter(subject=subject_id, kind__in=Entry.CLOSING).exists()


def _commit(held: Entry, credits: int) -> None:
    if not credits:
        return
    Budget.objects.filter(project_id=held.project_id, month=held.month).update(committed=F("committed") + credits)


def _follow(held: Entry, kind: Entry.Kind, credits: int, **fields: Any) -> Entry:
    """A later line of the same subject."""
    same = ("team_id", "project_id", "key_id", "account_id", "subject", "subject_kind", "model", "media_kind")
    copied = {name: getattr(held, name) for name in (*same, "person_id", "day", "month")}
    return _add(**copied | {"kind": kind, "credits": credits} | fields)


def _add(*, rivya_at: datetime | None = None, **fields: Any) -> Entry:
    believed = rivya_at if rivya_at and abs(timezone.now() - rivya_at) < BELIEVABLE else None
    entry = Entry.objects.create(rivya_at=believed, **fields)
    Unrolled.objects.create(entry=entry)
    return entry

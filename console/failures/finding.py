"""What is wrong with a job, as its rows say: nothing, a failure with its cause, or nothing yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from console.failures.models.cause import NOBODY
from console.failures.normalising import normalised
from console.jobs.models import Job, Result, Step

TOO_LONG: Final = timedelta(minutes=30)
"""An outcome that is unknown for longer counts as a failure until it is known."""

UNKNOWN_TOO_LONG, NOT_COLLECTED, HELD = "unknown_too_long", "result_not_collected", "result_held"
_FAILED: Final = (Job.Status.FAILED, Job.Status.REFUSED, Job.Status.NEEDS_REVIEW)
_HOME_LESS: Final = (Result.State.LOST, Result.State.HELD)
_COLUMNS: Final = (
    *("team_id", "project_id", "created_by_id", "model", "model_name", "status", "error_code", "error_message"),
    *("quoted_credits", "reserved_credits", "final_credits", "created_at", "first_sent_at", "finished_at"),
    *("deadline_at", "rivya_id", "team__time_zone"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One job's failure. `ripens_at` is set while it is too early to call it one; then there is no code."""

    job_id: UUID
    team_id: UUID
    code: str
    model: str
    model_name: str
    message: str
    failed_at: datetime
    day: date
    project_id: UUID
    person_id: UUID
    charged: int
    returned: int
    ripens_at: datetime | None = None

    @property
    def key(self) -> tuple[UUID, str, str, str]:
        """What causes are told apart by."""
        return self.team_id, self.code, self.model, self.message


def find(job_ids: Iterable[UUID], now: datetime | None = None) -> dict[UUID, Finding]:
    """What is wrong with these jobs, by their ids; those that are well are left out."""
    ids, now = set(job_ids), now or timezone.now()
    jobs = list(Job.objects.filter(pk__in=ids).select_related("team").only(*_COLUMNS))
    lost = _lost(ids)
    steps = _last_steps(ids)
    found = (_of(job, lost.get(job.pk), steps.get(job.pk), now) for job in jobs)
    return {finding.job_id: finding for finding in found if finding}


def _of(job: Job, lost: tuple[str, str] | None, at: datetime | None, now: datetime) -> Finding | None:
    at = at or job.finished_at or job.created_at
    if job.status in _FAILED:
        return _finding(job, job.error_code or job.status, job.error_message, at)
    if job.status == Job.Status.UNKNOWN:
        ripe = _unknown_since(job) + TOO_LONG
        return _finding(job, UNKNOWN_TOO_LONG, "", ripe, ripens_at=ripe if ripe > now else None)
    if job.status == Job.Status.SUCCEEDED and job.error_code:
        return _finding(job, job.error_code, job.error_message, at)
    return _finding(job, *lost, at) if lost and job.status == Job.Status.SUCCEEDED else None


def _unknown_since(job: Job) -> datetime:
    """Since nobody knows: since the send that went unanswered, or since Rivya should have been done with it."""
    return job.deadline_at if job.rivya_id else job.first_sent_at or job.created_at


def _finding(job: Job, code: str, message: str, at: datetime, *, ripens_at: datetime | None = None) -> Finding:
    held = job.quoted_credits if job.reserved_credits is None else job.reserved_credits
    charged = job.final_credits or 0
    return Finding(
        job_id=job.pk,
        team_id=job.team_id,
        code=code[:100],
        model=job.model,
        model_name=job.model_name,
        message=normalised(message),
        failed_at=at,
        day=at.astimezone(ZoneInfo(job.team.time_zone)).date(),
        project_id=job.project_id,
        person_id=job.created_by_id or NOBODY,
        charged=charged,
        returned=0 if job.final_credits is None else max(0, held - charged),
        ripens_at=ripens_at,
    )


def _lost(ids: set[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Code and problem of the first result of each job that did not come home."""
    rows = Result.objects.filter(job_id__in=ids, state__in=_HOME_LESS).order_by("job_id", "-index")
    return {
        row.job_id: (HELD if row.state == Result.State.HELD else NOT_COLLECTED, row.problem)
        for row in rows.only("job_id", "state", "problem")
    }


def _last_steps(ids: set[UUID]) -> Mapping[UUID, Any]:
    """When each job last changed its state, or lost a result."""
    telling = Q(kind=Step.Kind.STATE) | Q(kind=Step.Kind.NOT_COLLECTED)
    return dict(Step.objects.filter(telling, job_id__in=ids).order_by("id").values_list("job_id", "at"))

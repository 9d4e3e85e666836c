"""The one place that moves a job's state, whoever asks: a conditional update whose row count tells who won."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from console.credits import ledger
from console.credits.models import Entry
from console.jobs.models import Job, Step
from console.jobs.timeline import note
from console.live.publishing import publish
from console.ui.amounts import credits_in_words


def move(job: Job, status: str, *, source: Step.Source = Step.Source.RIVYA, text: str = "", **fields: Any) -> bool:
    """Move a job that is not final. Terminal states are final: the second mover changes nothing and gets False.

    Runs inside the caller's transaction; `fields` are written in the same statement.
    """
    if status in Job.FINAL:
        fields |= {"finished_at": timezone.now(), "next_check_at": None}
    elif status == Job.Status.NEEDS_REVIEW:
        fields |= {"next_check_at": None}
    won = (
        Job.objects.filter(pk=job.pk)
        .exclude(status__in=Job.FINAL)
        .update(status=status, lease=None, leased_until=None, **fields)
    )
    if not won:
        return False
    changed = job.status != status
    job.status = status
    for name, value in fields.items():
        setattr(job, name, value)
    if changed:
        note(job.pk, source, Step.Kind.STATE, text or job.get_status_display(), state=status)
        publish(job.team_id, f"job-{job.pk}", id=str(job.pk), status=status, project_id=job.project_id)
    return True


def charge(job: Job, credits: int, *, rivya_at: datetime | None = None) -> None:
    """Close the job's reservation with what Rivya charged. The job has moved to its end before."""
    outcome = Entry.Outcome.DONE if job.status == Job.Status.SUCCEEDED else Entry.Outcome.FAILED
    ledger.settle(job.pk, credits, outcome=outcome, rivya_at=rivya_at)
    note(job.pk, Step.Source.LEDGER, Step.Kind.SETTLED, credits_in_words(credits), credits=credits)


def give_back(job: Job, *, rivya_at: datetime | None = None) -> None:
    """Close the job's reservation with nothing charged."""
    ledger.release(job.pk, rivya_at=rivya_at)
    freed = job.quoted_credits
    note(job.pk, Step.Source.LEDGER, Step.Kind.RELEASED, credits_in_words(freed), credits=freed)

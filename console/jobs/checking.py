"""Ask Rivya about a job now, because a person wants to know."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import Actor, record
from console.jobs.models import Job, Step
from console.jobs.models.job import RESEND_WITHIN
from console.jobs.timeline import note
from console.jobs.transitions import move


def can_be_checked(job: Job) -> bool:
    """Whether asking now can do no harm.

    A read never does. A job that Rivya never named is asked about by sending it again, which is harmless only while its
    idempotency key surely protects it (rivya-api.md A15).
    """
    if job.is_open:
        return True
    if job.status != Job.Status.NEEDS_REVIEW:
        return False
    return bool(job.rivya_id) or (job.first_sent_at is not None and timezone.now() - job.first_sent_at < RESEND_WITHIN)


def check(job: Job, person: Actor, *, request: HttpRequest | None = None) -> bool:
    """Make the job due now; one that needs review is unknown again until the answer is there. False when too late."""
    now = timezone.now()
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk).exclude(status__in=Job.FINAL).first()
        if held is None or not can_be_checked(held):
            return False
        before = {"status": held.status}
        note(held.pk, Step.Source.PERSON, Step.Kind.CHECKED, str(person))
        if held.is_open:
            Job.objects.filter(pk=held.pk).update(next_check_at=now)
        else:
            move(held, Job.Status.UNKNOWN, source=Step.Source.PERSON, next_check_at=now)
        after = {"status": held.status}
        record("job.checked", held, team_id=held.team_id, actor=person, before=before, after=after, request=request)
    return True

"""Say yes to a quote, or stop what runs: conditional updates, so that two presses are one."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from console.audit.recording import record
from console.failures.models import Bulk, BulkItem, Note
from console.live.publishing import SEVERAL, publish
from console.teams.access import TeamRequest
from console.ui.amounts import credits_in_words


class AnotherRuns(Exception):
    """Another bulk retry of the same cause is running; nothing was changed."""


def start(bulk: Bulk, request: TeamRequest) -> bool:
    """Let the workers carry it; False when it was started before. Raises AnotherRuns."""
    quoted = Bulk.objects.filter(pk=bulk.pk, state=Bulk.State.QUOTED)
    waiting = BulkItem.objects.filter(bulk=bulk, state=BulkItem.State.WAITING).count()
    state = Bulk.State.RUNNING if waiting else Bulk.State.DONE
    now = timezone.now()
    try:
        with transaction.atomic():
            ended = None if waiting else now
            if not quoted.update(state=state, started_at=now, ended_at=ended, person=request.user):
                return False
            jobs, most = f"{waiting:,} job{'' if waiting == 1 else 's'}", credits_in_words(bulk.quoted_credits)
            words = f"Up to {jobs}, for at most {most}"
            Note.objects.create(cause=bulk.cause, person=request.user, kind=Note.Kind.RETRIED, text=words)
            _record("failure.retried", bulk, request, jobs=waiting, credits=bulk.quoted_credits)
            publish(bulk.cause.team_id, "failures", project_id=SEVERAL)
    except IntegrityError:  # the constraint one_running_bulk_a_cause
        raise AnotherRuns from None
    return True


def stop(bulk: Bulk, request: TeamRequest) -> bool:
    """Send no more of it; what was sent goes on. False when it does not run."""
    with transaction.atomic():
        if not Bulk.objects.filter(pk=bulk.pk, state=Bulk.State.RUNNING).update(state=Bulk.State.STOPPED):
            return False
        _record("failure.retry_stopped", bulk, request)
        publish(bulk.cause.team_id, f"retries-{bulk.pk}", project_id=SEVERAL)
    return True


def _record(act: str, bulk: Bulk, request: TeamRequest, **after: int) -> None:
    record(act, bulk, team_id=bulk.cause.team_id, actor=request.user, after=after, request=request)

"""Take a job back that Rivya surely does not have."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from console.audit.recording import Actor, record
from console.jobs.models import Job, Step
from console.jobs.timeline import note
from console.jobs.transitions import give_back, move


def withdraw(job: Job, person: Actor, *, request: HttpRequest | None = None) -> bool:
    """Withdraw an unsent job and free its credits; False when a send has begun, or somebody was faster.

    The worker counts a send in the statement that leases the job, so under the row's lock there is no moment at which
    the job looks unsent while its first byte is going out.
    """
    with transaction.atomic():
        unsent = Job.objects.select_for_update().filter(
            pk=job.pk, status=Job.Status.UNSENT, sends=F("clear_sends"), rivya_id=""
        )
        held = unsent.first()
        if held is None:
            return False
        note(job.pk, Step.Source.PERSON, Step.Kind.WITHDRAWN, str(person))
        move(held, Job.Status.WITHDRAWN, source=Step.Source.PERSON, final_credits=0)
        give_back(held)
        before, after = {"status": Job.Status.UNSENT}, {"status": Job.Status.WITHDRAWN}
        record("job.withdrawn", held, team_id=held.team_id, actor=person, before=before, after=after, request=request)
    return True

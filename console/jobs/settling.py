"""Write down many answers in one transaction: one disk flush for all of them."""

from collections.abc import Iterable

import structlog
from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from console.jobs.asking import Answer
from console.jobs.following import settle_read
from console.jobs.models import Job
from console.jobs.submission import settle_sent
from console.keys.models import Secret

log = structlog.get_logger("console.jobs")


def settle(answers: Iterable[Answer]) -> int:
    """Returns how many answers were still ours to write. One that cannot be written does not stop the others."""
    answers, written = list(answers), 0
    with transaction.atomic():
        for answer in answers:
            try:
                with transaction.atomic():
                    written += _settle_one(answer)
            except DatabaseError as error:  # the job stays leased, and is asked about again when the lease ends
                log.exception("settle_failed", job=str(answer.job.pk), error=type(error).__name__)
        used = {answer.secret_id for answer in answers if answer.secret_id}
        Secret.objects.filter(pk__in=used).update(last_used_at=timezone.now())
    return written


def _settle_one(answer: Answer) -> bool:
    job = Job.objects.select_for_update().filter(pk=answer.job.pk, lease=answer.lease, status__in=Job.OPEN).first()
    if job is None:  # the lease ended and another worker has it, or a person was faster
        return False
    if job.rivya_id:
        settle_read(job, answer)
    else:
        settle_sent(job, answer)
    return True

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
from console.jobs.waiting import keep_waiting, says_nothing_new
from console.keys.models import Secret

log = structlog.get_logger("console.jobs")


def settle(answers: Iterable[Answer]) -> None:
    """Those that say nothing new together, the others one by one: one that cannot be written does not stop the rest."""
    # Always in this order: two workers that lock the same budgets and secrets crosswise would stop each other.
    answers = sorted(answers, key=lambda answer: (answer.job.project_id, answer.job.pk))
    with transaction.atomic():
        keep_waiting([answer for answer in answers if says_nothing_new(answer)])
        for answer in answers:
            if not says_nothing_new(answer):
                _settle_safely(answer)
        for secret_id in sorted({answer.secret_id for answer in answers if answer.secret_id}):
            Secret.objects.filter(pk=secret_id).update(last_used_at=timezone.now())


def _settle_safely(answer: Answer) -> None:
    try:
        with transaction.atomic():
            _settle_one(answer)
    except DatabaseError as error:  # the job stays leased, and is asked about again when the lease ends
        log.exception("settle_failed", job=str(answer.job.pk), error=type(error).__name__)


def _settle_one(answer: Answer) -> None:
    job = Job.objects.select_for_update().filter(pk=answer.job.pk, lease=answer.lease, status__in=Job.OPEN).first()
    if job is None:  # the lease ended and another worker has it, or a person was faster
        return
    if job.rivya_id:
        settle_read(job, answer)
    else:
        settle_sent(job, answer)

"""Write down answers: all that say nothing new in one transaction, the others by a few, so that nobody waits long."""

from collections.abc import Iterable, Sequence
from typing import Final

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

# A few share a disk flush; more would keep everybody else who writes waiting (SQLite lets one in at a time).
MOST_TOGETHER: Final = 5

log = structlog.get_logger("console.jobs")


def settle(answers: Iterable[Answer]) -> None:
    """One that cannot be written does not stop the rest."""
    # Always in this order: two workers that lock the same budgets and secrets crosswise would stop each other.
    answers = sorted(answers, key=lambda answer: (answer.job.project_id, answer.job.pk))
    telling = [answer for answer in answers if not says_nothing_new(answer)]
    with transaction.atomic():
        keep_waiting([answer for answer in answers if says_nothing_new(answer)])
        _settle_few(telling[:MOST_TOGETHER])
        for secret_id in sorted({answer.secret_id for answer in answers if answer.secret_id}):
            Secret.objects.filter(pk=secret_id).update(last_used_at=timezone.now())
    for start in range(MOST_TOGETHER, len(telling), MOST_TOGETHER):
        with transaction.atomic():
            _settle_few(telling[start : start + MOST_TOGETHER])


def _settle_few(answers: Sequence[Answer]) -> None:
    for answer in answers:
        _settle_safely(answer)


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

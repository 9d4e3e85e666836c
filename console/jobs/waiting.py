"""Reads that say what the last one said: nearly all of them, so they are written together, in a few statements."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F, Max
from django.utils import timezone

from console.jobs.asking import Answer
from console.jobs.models import Job, Step
from console.jobs.pacing import in_seconds, read_pause


def says_nothing_new(answer: Answer) -> bool:
    """The same open state, the same reservation, within the job's own deadline."""
    job, generation = answer.job, answer.generation
    return (
        generation is not None
        and bool(job.rivya_id)
        and job.status in {Job.Status.QUEUED, Job.Status.PROCESSING}
        and generation.status not in {"succeeded", "failed"}
        and generation.status == job.rivya_status
        and generation.reserved_credits in {None, job.reserved_credits}
        and job.misses == 0
        and timezone.now() <= job.deadline_at
    )


def keep_waiting(answers: Sequence[Answer]) -> None:
    """Make the jobs due again after their pause, and count the read on their last step. Inside a transaction."""
    if not answers:
        return
    by_pause: dict[float, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_pause[read_pause(answer.job)].append(answer)
    for pause, same in by_pause.items():
        mine = Job.objects.filter(pk__in=[one.job.pk for one in same], lease__in={one.lease for one in same})
        mine.filter(status__in=Job.OPEN).update(
            lease=None, leased_until=None, checks=F("checks") + 1, next_check_at=in_seconds(pause)
        )
    _count_reads(answers)


def _count_reads(answers: Sequence[Answer]) -> None:
    now = timezone.now()
    said = {answer.job.pk: answer for answer in answers}
    newest = Step.objects.filter(job_id__in=said).order_by().values("job").annotate(newest=Max("id"))
    reads = Step.objects.filter(pk__in=[row["newest"] for row in newest], kind=Step.Kind.READ)
    counted = set(reads.values_list("job_id", flat=True))
    reads.update(count=F("count") + 1, last_at=now)
    Step.objects.bulk_create(
        Step(
            job_id=pk,
            at=now,
            last_at=now,
            source=Step.Source.RIVYA,
            kind=Step.Kind.READ,
            note=answer.job.rivya_status,
            detail={"milliseconds": answer.elapsed_ms},
        )
        for pk, answer in said.items()
        if pk not in counted
    )

"""What Rivya's word about a task means for our job: state, ledger, results, open pages."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from console import rivya
from console.jobs.asking import Answer
from console.jobs.fetching import host_of
from console.jobs.models import Job, Result, Step
from console.jobs.pacing import READ_WITHIN, in_seconds, next_read
from console.jobs.tasks import collect_result
from console.jobs.timeline import note
from console.jobs.transitions import charge, give_back, move
from console.keys.refusing import mark_refused

MISSES_BEFORE_REVIEW = 6
MOST_RESULTS = 64


def settle_read(job: Job, answer: Answer) -> None:
    """Write down what came of one read. Inside a transaction, with the lease held."""
    counted: dict[str, Any] = {"checks": job.checks + 1}
    if answer.generation is not None:
        note(job.pk, Step.Source.RIVYA, Step.Kind.READ, answer.generation.status[:64], milliseconds=answer.elapsed_ms)
        apply(job, answer.generation, **counted)
    else:
        _unreadable(job, answer, counted)


def apply(job: Job, generation: rivya.Generation, **also: Any) -> None:
    """Move the job to what the generation says; a job that is final stays as it is. Unknown states count as open.

    `also` is written in the same statement.
    """
    seen: dict[str, Any] = {"rivya_status": generation.status[:64], "misses": 0, **also}
    if generation.reserved_credits is not None:
        seen["reserved_credits"] = generation.reserved_credits
    match generation.status:
        case "succeeded":
            _succeeded(job, generation, seen)
        case "failed":
            _failed(job, generation, seen)
        case status:
            _still_open(job, Job.Status.QUEUED if status == "queued" else Job.Status.PROCESSING, seen)


def _still_open(job: Job, status: Job.Status, seen: dict[str, Any]) -> None:
    if timezone.now() > job.deadline_at + READ_WITHIN:
        text = "Rivya has kept this job open for more than a day past its time."
        move(
            job, Job.Status.NEEDS_REVIEW, source=Step.Source.CONSOLE, error_code="too_long", error_message=text, **seen
        )
        return
    late = timezone.now() > job.deadline_at
    job.status, before = (Job.Status.UNKNOWN if late else status), job.status
    due = next_read(job)
    job.status = before
    move(job, Job.Status.UNKNOWN if late else status, next_check_at=due, **seen)


def _succeeded(job: Job, generation: rivya.Generation, seen: dict[str, Any]) -> None:
    named = generation.result.all_urls[:MOST_RESULTS] if generation.result else ()
    urls = [url.reveal().replace("\0", "%00") for url in named]  # PostgreSQL has no NUL in a text
    final = _charged(job, generation)
    code, message, status = "", "", Job.Status.SUCCEEDED
    if not urls:
        code, message = "result_missing", "Rivya says the job succeeded but names no result."
    if not move(job, status, final_credits=final, error_code=code, error_message=message, **seen):
        return
    charge(job, final, rivya_at=generation.updated_at)
    for index, url in enumerate(urls):
        result = Result.objects.create(job=job, index=index, source_url=url, source_host=host_of(url))
        transaction.on_commit(lambda pk=str(result.pk): collect_result.enqueue(pk))  # type: ignore[misc]


def _failed(job: Job, generation: rivya.Generation, seen: dict[str, Any]) -> None:
    error, final = generation.error, generation.final_credits or 0
    code = "".join(filter(str.isprintable, error.code if error else ""))[:100] or "generation_failed"
    message = error.message if error else ""
    if not move(job, Job.Status.FAILED, final_credits=final, error_code=code, error_message=message, **seen):
        return
    if final:
        charge(job, final, rivya_at=generation.updated_at)
    else:
        give_back(job, rivya_at=generation.updated_at)


def _unreadable(job: Job, answer: Answer, counted: dict[str, Any]) -> None:
    error = answer.error
    words = f"{error.status} {error.code}".strip() if isinstance(error, rivya.Refused) else type(error).__name__
    if error is None:
        words = f"no working key ({answer.no_key})"
    note(job.pk, Step.Source.RIVYA, Step.Kind.READ_FAILED, words, milliseconds=answer.elapsed_ms)
    if isinstance(error, rivya.KeyRefused) and error.code and answer.secret_id:
        mark_refused(answer.secret_id, error.code)
    misses = job.misses + 1 if isinstance(error, rivya.Missing) else job.misses
    if misses >= MISSES_BEFORE_REVIEW:
        text = "Rivya says it knows no such task, although it accepted it."
        move(job, Job.Status.NEEDS_REVIEW, error_code="task_missing", error_message=text, misses=misses, **counted)
        return
    if timezone.now() > job.deadline_at + READ_WITHIN:
        text = "Rivya could not be asked about this job for more than a day past its time."
        facts: dict[str, Any] = {"error_code": "outcome_unknown", "error_message": text, **counted}
        move(job, Job.Status.NEEDS_REVIEW, source=Step.Source.CONSOLE, **facts)
        return
    late = timezone.now() > job.deadline_at
    wait = error.retry_after_seconds if isinstance(error, rivya.Refused) else None
    pause = (
        60
        if error is None or isinstance(error, rivya.KeyRefused | rivya.ScopeMissing)
        else min(5 * 2 ** min(job.misses, 4), 60)
    )
    due = in_seconds(max(wait or 0, pause))
    move(job, Job.Status.UNKNOWN if late else job.status, misses=misses, next_check_at=due, **counted)


def _charged(job: Job, generation: rivya.Generation) -> int:
    """Rivya's final figure; where it leaves that out, what it reserved; our own estimate only when it said nothing."""
    for figure in (generation.final_credits, generation.reserved_credits, job.reserved_credits):
        if figure is not None:
            return figure
    return job.quoted_credits

"""What an answer to a send means: done, not done, or unknown. Never sent under a new key by itself."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from console import rivya
from console.credits import ledger
from console.jobs.asking import Answer
from console.jobs.following import apply
from console.jobs.models import Job, Step
from console.jobs.models.job import RESEND_WITHIN
from console.jobs.pacing import next_send
from console.jobs.timeline import note
from console.jobs.transitions import give_back, move
from console.keys.accounts import note_landmark
from console.keys.models import Landmark
from console.keys.refusing import mark_refused
from console.keys.scopes import note_scope

# Answers that come from before Rivya looked at this request: with an earlier send unanswered they settle nothing.
ABOUT_THE_KEY = (rivya.KeyRefused, rivya.ScopeMissing)


def settle_sent(job: Job, answer: Answer) -> None:
    """Write down what came of one send. Inside a transaction, with the lease held."""
    was_in_doubt = job.sends - 1 > job.clear_sends
    if answer.generation is not None:
        _accepted(job, answer.generation, answer.elapsed_ms)
        if answer.secret_id:
            note_scope(answer.secret_id, "generations:create", holds=True)
            note_landmark(job.account_id, Landmark.Kind.GENERATION, job.rivya_id)
    elif answer.error is None:
        _without_a_key(job, answer, was_in_doubt)
    elif answer.error.outcome == "unknown":
        _unanswered(job, answer.error, answer.elapsed_ms)
    elif isinstance(answer.error, rivya.Refused) and not _come_back_later(answer.error):
        _refused(job, answer.error, answer, was_in_doubt)
    else:
        _not_now(job, answer.error, was_in_doubt)


def put_lapsed_before_a_person() -> bool:
    """Jobs whose unanswered send is too old to be repeated safely: after a long standstill of the worker, say."""
    lapsed = list(Job.objects.lapsed()[:200])
    for job in lapsed:
        with transaction.atomic():
            _put_before_a_person(job, "outcome_unknown", "Rivya never said whether it took this job.")
    return bool(lapsed)


def _accepted(job: Job, generation: rivya.Generation, elapsed_ms: int) -> None:
    if not generation.id or Job.objects.filter(account_id=job.account_id, rivya_id=generation.id).exists():
        _unanswered(job, rivya.Unreadable("The answer names no task of its own."), elapsed_ms)
        return
    note(
        job.pk,
        Step.Source.RIVYA,
        Step.Kind.ACCEPTED,
        generation.status,
        task=generation.id,
        milliseconds=elapsed_ms,
        attempt=job.sends,
        reserved=generation.reserved_credits,
    )
    job.rivya_id, job.accepted_at = generation.id, timezone.now()
    if generation.reserved_credits is not None:
        ledger.accept(job.pk, generation.reserved_credits, rivya_at=generation.created_at)
    apply(job, generation, rivya_id=job.rivya_id, accepted_at=job.accepted_at)


def _unanswered(job: Job, error: rivya.RivyaError, elapsed_ms: int) -> None:
    """Silence, a 5xx, or a body that makes no sense: Rivya may have the job. Same key, same bytes, later."""
    note(job.pk, Step.Source.RIVYA, Step.Kind.NO_ANSWER, _words(error), attempt=job.sends, milliseconds=elapsed_ms)
    if job.first_sent_at and timezone.now() - job.first_sent_at > RESEND_WITHIN:
        _put_before_a_person(job, "outcome_unknown", "Rivya never said whether it took this job.")
        return
    move(job, Job.Status.UNKNOWN, next_check_at=next_send(job.sends, _retry_after(error)))


def _not_now(job: Job, error: rivya.RivyaError, was_in_doubt: bool) -> None:
    """Surely not done by this send: no connection, too many requests, switched off."""
    note(job.pk, Step.Source.RIVYA, Step.Kind.NOT_ACCEPTED, _words(error), attempt=job.sends)
    move(
        job,
        Job.Status.UNKNOWN if was_in_doubt else Job.Status.UNSENT,
        clear_sends=job.clear_sends + 1,
        next_check_at=next_send(job.sends, _retry_after(error)),
    )


def _refused(job: Job, error: rivya.Refused, answer: Answer, was_in_doubt: bool) -> None:
    note(
        job.pk,
        Step.Source.RIVYA,
        Step.Kind.NOT_ACCEPTED,
        _words(error),
        attempt=job.sends,
        request_id=error.request_id,
        status=error.status,
        milliseconds=answer.elapsed_ms,
    )
    if isinstance(error, rivya.KeyRefused) and error.code and answer.secret_id:  # without a code it may be a proxy
        mark_refused(answer.secret_id, error.code)
    if isinstance(error, rivya.ScopeMissing) and answer.secret_id:
        note_scope(answer.secret_id, "generations:create", holds=False)
    facts: dict[str, Any] = {
        "error_code": error.code or f"http_{error.status}",
        "error_message": error.message,
        "request_id": error.request_id or "",
    }
    if isinstance(error, rivya.Conflict) and was_in_doubt:
        # Our earlier call may still be running at Rivya (rivya-api.md A15): wait, then ask with the same key again.
        move(job, Job.Status.UNKNOWN, next_check_at=next_send(job.sends, None))
    elif isinstance(error, rivya.Conflict) or (was_in_doubt and isinstance(error, ABOUT_THE_KEY)):
        move(job, Job.Status.NEEDS_REVIEW, **facts)
    elif move(job, Job.Status.REFUSED, clear_sends=job.sends, **facts, final_credits=0):
        give_back(job)


def _without_a_key(job: Job, answer: Answer, was_in_doubt: bool) -> None:
    text = f"The key is {answer.no_key}; nothing was sent."
    note(job.pk, Step.Source.CONSOLE, Step.Kind.NOT_ACCEPTED, text)
    code = "key_cannot_be_opened" if answer.no_key == "unopenable" else "key_not_usable"
    if was_in_doubt:
        _put_before_a_person(job, code, text)
    elif move(job, Job.Status.REFUSED, error_code=code, error_message=text, clear_sends=job.sends, final_credits=0):
        give_back(job)


def _put_before_a_person(job: Job, code: str, message: str) -> None:
    move(job, Job.Status.NEEDS_REVIEW, source=Step.Source.CONSOLE, error_code=code, error_message=message)


def _come_back_later(error: rivya.RivyaError) -> bool:
    return isinstance(error, rivya.TooMany | rivya.Unavailable)


def _retry_after(error: rivya.RivyaError) -> float | None:
    return error.retry_after_seconds if isinstance(error, rivya.Refused) else None


def _words(error: rivya.RivyaError) -> str:
    if isinstance(error, rivya.Refused):
        return f"{error.status} {error.code}".strip()
    return type(error).__name__

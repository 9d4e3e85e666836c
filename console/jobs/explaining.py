"""A job that did not end well, or not yet, as a Problem: what happened, was it charged, what to do, which button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.credits import too_low
from console.jobs.addresses import address_or_empty
from console.jobs.models import Job, Result, Step
from console.ui.problems import Problem, from_code
from console.ui.states import shown

_WAITING: Final = (
    "The console asks again with the same request and the same idempotency key, so it cannot become two jobs. "
    "You may leave this page."
)
_ABOUT_THE_KEY: Final = frozenset(
    [
        "api_key_missing",
        "api_key_invalid",
        "api_key_revoked",
        "api_key_expired",
        "api_scope_denied",
        "key_cannot_be_opened",
        "key_not_usable",
    ]
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The Problem on the canvas, with the icon of the job's state."""

    problem: Problem
    icon: str
    resolved_by: str = ""


def explain(
    job: Job, *, may_submit: bool, has_results: bool, may_manage: bool = False, resolution: Step | None = None
) -> Explanation | None:
    """Why there is no result, in words; None while all is well. `may_manage`: the reader may change team settings."""
    retry = retry_url(job) if may_submit else ""
    told = {"final_credits": job.final_credits, "message": job.error_message, "request_id": job.request_id}
    match job.status:
        case Job.Status.FAILED | Job.Status.REFUSED:
            problem = from_code(job.error_code, **told)  # type: ignore[arg-type]
            if job.error_code in _ABOUT_THE_KEY:
                problem = problem.leading_to(address_or_empty("keys:index"), "Open keys")
            elif job.error_code == too_low.CODE:
                problem = too_low.wallet_stop(problem, job.key.account, may_manage=may_manage)
            elif retry:
                problem = problem.leading_to(retry, "Edit and retry")
        case Job.Status.UNKNOWN:
            problem = _unknown(job)
        case Job.Status.NEEDS_REVIEW:
            problem = from_code(job.error_code, **told, known=False)  # type: ignore[arg-type]
        case Job.Status.SUCCEEDED if not has_results:
            problem = from_code(job.error_code or "result_missing", **told)  # type: ignore[arg-type]
        case Job.Status.WITHDRAWN:
            problem = _withdrawn(job, retry)
        case _:
            return None
    icon = shown(job.status).icon
    if resolution is None:
        return Explanation(problem, icon)
    problem = replace(problem, title="Settled by a person", what_happened=resolution.note, next_step="", request_id="")
    return Explanation(problem, icon, str(resolution.detail.get("person", "")))


def in_short(job: Job, results: Sequence[Result]) -> str:
    """The same in one line, for cards and rows."""
    if job.status == Job.Status.SUCCEEDED:
        if not results:
            return from_code(job.error_code or "result_missing").title
        if any(result.state == Result.State.REMOVED for result in results):
            return "Removed by the project's retention"
        return (
            "The result is held back"
            if results[0].state == Result.State.HELD
            else "The result could not be brought home"
        )
    if job.status == Job.Status.WITHDRAWN:
        return "Withdrawn; nothing was charged"
    if job.status == Job.Status.UNKNOWN:
        return "Finding out what became of it"
    return from_code(job.error_code).title if job.error_code else ""


def retry_url(job: Job) -> str:
    """The form of a new job, filled like this one."""
    new = address_or_empty("jobs:new")
    return f"{new}?from={job.pk}" if new else ""


def _unknown(job: Job) -> Problem:
    if job.rivya_id:
        happened = (
            "Rivya has this job and has not said for a long time how it ended."
            if not job.misses
            else ("Rivya accepted this job and does not find it at the moment.")
        )
    else:
        happened = "The request went out and no clear answer came back, so Rivya may or may not have the job."
    title = "Finding out what became of it"
    return Problem(title, happened, "unknown", _WAITING, request_id=job.request_id)


def _withdrawn(job: Job, retry: str) -> Problem:
    problem = Problem(
        "This job was withdrawn",
        "It was taken back before Rivya had it.",
        "no",
        "Send it again as a new job whenever you like.",
    )
    return problem.leading_to(retry, "Edit and retry") if retry else problem

"""A turn that did not end well, or not yet, as a Problem in the conversation."""

from dataclasses import replace
from typing import Final

from django.urls import reverse

from console.chat.models import Turn
from console.credits import too_low
from console.ui.problems import Problem, from_code

_ABOUT_THE_KEY: Final = frozenset(
    [
        "api_key_missing",
        "api_key_invalid",
        "api_key_revoked",
        "api_key_expired",
        "api_scope_denied",
        "key_cannot_be_opened",
        "key_not_usable",
        "session_not_readable",
    ]
)
_RETRY: Final = "Retry asks the same again, as a new question with a price of its own."
# For these the words are about a job, or promise that it is asked again by itself; a turn that has ended is not.
_STEPS: Final = {
    "public_api_disabled": _RETRY,
    "rate_limited": _RETRY,
    "internal_error": _RETRY,
    "validation_failed": "Change the question, then ask it again; the same words would be refused again.",
    "chat_attachment_not_supported": "Ask without the image, or choose another model.",
}


def explain(turn: Turn) -> Problem | None:
    """Why there is no (whole) answer, in words; None while all is well."""
    told = {"final_credits": turn.final_credits, "message": turn.error_message, "request_id": turn.request_id}
    match turn.status:
        case Turn.Status.FAILED | Turn.Status.REFUSED:
            problem = from_code(turn.error_code, **told)  # type: ignore[arg-type]
            problem = replace(problem, next_step=_STEPS.get(turn.error_code, problem.next_step))
        case Turn.Status.NEEDS_REVIEW:
            problem = from_code(turn.error_code, **told, known=False)  # type: ignore[arg-type]
        case Turn.Status.UNKNOWN:
            problem = Problem(
                "Finding out what became of it",
                "The connection broke before the answer was whole.",
                "unknown",
                "The console reads the conversation at Rivya; if the answer is not there, it asks again under the same "
                "key, so it cannot be charged twice. You may leave this page.",
                request_id=turn.request_id,
            )
        case _:
            return None
    if turn.error_code == too_low.CODE:
        return too_low.wallet_stop(problem, turn.conversation.account, may_manage=False)
    if turn.error_code in _ABOUT_THE_KEY:
        return problem.leading_to(reverse("keys:index"), "Open keys")
    return problem

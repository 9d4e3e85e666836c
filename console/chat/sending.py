"""What the end of a send without a committed answer means: not done, or unknown. Never a new key by itself."""

from typing import Any

from django.utils import timezone

from console import rivya
from console.chat.models import Turn
from console.chat.outcomes import END, Act, Next, Outcome
from console.chat.pacing import (
    GIVE_UP_WITHIN,
    MOST_SENDS_BROKEN_OFF,
    RESEND_WITHIN,
    STOPPED_LOOKS_SECONDS,
    resend_pause,
)
from console.chat.transitions import give_back, move

# Answers that come from before Rivya looked at this request: with an earlier send unanswered they settle nothing.
ABOUT_THE_KEY = (rivya.KeyRefused, rivya.ScopeMissing)
NO_SUCH_PATH = (404, 405, 501)


def settle_send(turn: Turn, outcome: Outcome) -> Next:
    """After a send that brought no committed answer. Inside a transaction, with the lease held."""
    error, was_in_doubt = outcome.error, turn.sends - 1 > turn.clear_sends
    if outcome.no_key:
        return _without_a_key(turn, outcome.no_key)
    if outcome.stopped or turn.stop_requested_at:
        return stopped(turn, outcome)
    if isinstance(error, rivya.Refused) and error.status == 200:
        return _broke(turn, outcome, error)
    if isinstance(error, rivya.Refused) and error.status in NO_SUCH_PATH and turn.path == Turn.Path.STREAM:
        return _without_streaming(turn, was_in_doubt)
    if error is None or error.outcome == "unknown":
        return _unanswered(turn, outcome)
    if isinstance(error, rivya.Refused) and not isinstance(error, rivya.TooMany | rivya.Unavailable):
        return _refused(turn, error, was_in_doubt)
    return _not_now(turn, error, was_in_doubt)


def stopped(turn: Turn, outcome: Outcome) -> Next:
    """A person stopped it. What Rivya surely does not have ends here; else its session is read before the end."""
    if isinstance(outcome.error, rivya.RivyaError) and outcome.error.outcome == "not_done":
        turn.clear_sends += 1
    facts: dict[str, Any] = {"answer": outcome.text, "clear_sends": turn.clear_sends, "checks": 0}
    if not turn.is_in_doubt:
        if move(turn, Turn.Status.STOPPED, final=True, **facts, final_credits=0):
            give_back(turn)
        return END
    move(turn, Turn.Status.STOPPED, **facts)
    return Next(Act.LOOK, STOPPED_LOOKS_SECONDS[0], text_is_over=True)


def needs_review(turn: Turn, code: str, message: str) -> Next:
    """Put it before a person: nothing more is done by itself."""
    move(turn, Turn.Status.NEEDS_REVIEW, error_code=code, error_message=message)
    return END


def refused(turn: Turn, **facts: Any) -> Next:
    """Surely not done, and not tried again."""
    if move(turn, Turn.Status.REFUSED, final=True, clear_sends=turn.sends, final_credits=0, **facts):
        give_back(turn)
    return END


def _broke(turn: Turn, outcome: Outcome, error: rivya.Refused) -> Next:
    """Rivya ended the stream with an error; the session tells whether the answer was committed before (§8.2)."""
    move(turn, Turn.Status.UNKNOWN, answer=outcome.text, **_told(error, error.code or "chat_failed"))
    return Next(Act.LOOK, 0.2, "finding_out")


def _without_streaming(turn: Turn, was_in_doubt: bool) -> Next:
    """This Rivya does not stream: the same question on the other path, which has its own idempotency (A15)."""
    status = Turn.Status.UNKNOWN if was_in_doubt else Turn.Status.UNSENT
    move(turn, status, path=Turn.Path.JSON, clear_sends=turn.clear_sends + 1)
    return Next(Act.SEND, 0)


def _unanswered(turn: Turn, outcome: Outcome) -> Next:
    """Silence, a cut, a 5xx or a body that makes no sense: Rivya may have it. Look first where there is a session."""
    has_session = bool(turn.conversation.session_id)  # read first, however old: `looking` gives up, not we
    if not has_session and turn.first_sent_at and timezone.now() - turn.first_sent_at > RESEND_WITHIN:
        return needs_review(turn, "outcome_unknown", "Rivya never said whether it answered this question.")
    move(turn, Turn.Status.UNKNOWN)
    pause = resend_pause(turn.sends, _retry_after(outcome.error))
    if has_session:
        return Next(Act.LOOK, 1.0 if turn.sends - turn.clear_sends < MOST_SENDS_BROKEN_OFF else pause, "finding_out")
    return Next(Act.SEND, pause, "finding_out")


def _not_now(turn: Turn, error: rivya.RivyaError, was_in_doubt: bool) -> Next:
    """Surely not done by this send: no connection, too many requests, switched off."""
    if not was_in_doubt and turn.first_sent_at and timezone.now() - turn.first_sent_at > GIVE_UP_WITHIN:
        if isinstance(error, rivya.Refused):
            return refused(turn, **_told(error, f"http_{error.status}"))
        return refused(turn, error_code="not_reached", error_message="Rivya could not be reached.")
    clear_sends = turn.clear_sends + 1
    move(turn, Turn.Status.UNKNOWN if was_in_doubt else Turn.Status.UNSENT, clear_sends=clear_sends)
    return Next(Act.SEND, resend_pause(turn.sends, _retry_after(error)), "waiting")


def _refused(turn: Turn, error: rivya.Refused, was_in_doubt: bool) -> Next:
    told = _told(error, f"http_{error.status}")
    if isinstance(error, rivya.Conflict) and error.code == "idempotency_conflict" and was_in_doubt:
        # Our earlier call may still be running at Rivya (A15): wait, then ask with the same key again.
        move(turn, Turn.Status.UNKNOWN, clear_sends=turn.clear_sends + 1)
        return Next(Act.LOOK if turn.conversation.session_id else Act.SEND, resend_pause(turn.sends), "finding_out")
    if error.code == "idempotency_conflict" or (was_in_doubt and isinstance(error, (*ABOUT_THE_KEY, rivya.Conflict))):
        move(turn, Turn.Status.NEEDS_REVIEW, **told)
        return END
    return refused(turn, **told)


def _without_a_key(turn: Turn, missing: str) -> Next:
    code = "key_cannot_be_opened" if missing == "unopenable" else "key_not_usable"
    text = f"The key is {missing}; nothing was sent."
    return needs_review(turn, code, text) if turn.is_in_doubt else refused(turn, error_code=code, error_message=text)


def _told(error: rivya.Refused, otherwise: str) -> dict[str, Any]:
    return {
        "error_code": (error.code or otherwise)[:100],
        "error_message": error.message,
        "request_id": (error.request_id or "")[:200],
    }


def _retry_after(error: rivya.RivyaError | None) -> float | None:
    return error.retry_after_seconds if isinstance(error, rivya.Refused) else None

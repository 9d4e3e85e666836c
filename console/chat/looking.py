"""Read a turn's session at Rivya: a read buys nothing, and tells whether the answer was committed."""

from datetime import timedelta
from itertools import pairwise

from django.utils import timezone

from console import rivya
from console.chat.confirming import asking_after_stop
from console.chat.models import Turn
from console.chat.outcomes import END, Act, Next, Outcome
from console.chat.pacing import (
    MOST_SENDS_BROKEN_OFF,
    RESEND_WITHIN,
    STOPPED_LOOKS_SECONDS,
    look_pause,
    resend_pause,
)
from console.chat.sending import needs_review
from console.chat.transitions import give_back, move

CLOCKS_APART = timedelta(minutes=10)


def committed_answer(turn: Turn, taken: set[str], session: rivya.Session) -> rivya.Message | None:
    """The answer to this question, if the session has it; `taken` are the messages that other turns have already.

    The newest that fits: the same question may have been asked before, and those answers are taken or too old.
    """
    said = list(session.messages)
    for question, answer in reversed(list(pairwise(said))):
        is_pair = question.role == "user" and answer.role == "assistant" and answer.id not in taken
        if is_pair and question.content == turn.question and _is_recent(turn, answer):
            return answer
    return None


def settle_look(turn: Turn, outcome: Outcome) -> Next:
    """After a look that found no committed answer. Inside a transaction, with the lease held."""
    turn.checks += 1
    Turn.objects.filter(pk=turn.pk).update(checks=turn.checks)
    if outcome.no_key or (outcome.error is not None and not isinstance(outcome.error, rivya.Missing)):
        return _unreadable(turn, outcome)
    if turn.status == Turn.Status.STOPPED or turn.stop_requested_at:
        return _nothing_after_stop(turn) if turn.conversation.session_id else asking_after_stop(turn)
    if turn.error_code:
        return _failed(turn)
    if turn.sends - turn.clear_sends >= MOST_SENDS_BROKEN_OFF:
        turn.error_code, turn.error_message = (
            "chat_broken_off",
            "Rivya began the answer and broke it off, several times.",
        )
        return _failed(turn, error_code=turn.error_code, error_message=turn.error_message)
    if turn.first_sent_at and timezone.now() - turn.first_sent_at > RESEND_WITHIN:
        return needs_review(turn, "outcome_unknown", "Rivya never said whether it answered this question.")
    return Next(Act.SEND, 0 if turn.sends < 2 else resend_pause(turn.sends), "finding_out")


def _nothing_after_stop(turn: Turn) -> Next:
    """Not committed: Rivya gives the reserve back (A22). Looked at more than once, as a commit may be on its way."""
    if turn.status == Turn.Status.STOPPED and turn.checks >= len(STOPPED_LOOKS_SECONDS):
        if move(turn, Turn.Status.STOPPED, final=True, final_credits=0):
            give_back(turn)
        return END
    move(turn, Turn.Status.STOPPED)
    pause = STOPPED_LOOKS_SECONDS[min(turn.checks, len(STOPPED_LOOKS_SECONDS) - 1)]
    return Next(Act.LOOK, pause, text_is_over=True)


def _failed(turn: Turn, **facts: str) -> Next:
    if move(turn, Turn.Status.FAILED, final=True, final_credits=0, **facts):
        give_back(turn)
    return END


def _unreadable(turn: Turn, outcome: Outcome) -> Next:
    if turn.first_sent_at and timezone.now() - turn.first_sent_at > RESEND_WITHIN:
        return needs_review(turn, "outcome_unknown", "Rivya could not be asked whether it answered this question.")
    if outcome.no_key or isinstance(outcome.error, rivya.KeyRefused | rivya.ScopeMissing):
        return needs_review(turn, "session_not_readable", "No key of this account may read the conversation at Rivya.")
    wait = outcome.error.retry_after_seconds if isinstance(outcome.error, rivya.Refused) else None
    return Next(Act.LOOK, look_pause(turn.checks, wait), "finding_out")


def _is_recent(turn: Turn, answer: rivya.Message) -> bool:
    sent = turn.first_sent_at or turn.created_at
    return answer.created_at is None or answer.created_at > sent - CLOCKS_APART

"""An answer is committed and its charge is not known, or a person stopped one before Rivya named a session that could
be read: the turn's own key is asked again, and the replay tells.

Rivya says that it "can" replay a finished call without a second charge (rivya-api.md §7, §8.2), not that it will. So
only a stream is asked: its first events show whether it is a replay, and anything else is left before it is paid for.
"""

from uuid import UUID

import structlog
from django.db.models import F
from django.utils import timezone

from console import rivya
from console.chat.models import Turn
from console.chat.outcomes import END, Act, Next, Outcome
from console.chat.pacing import CONFIRM_SECONDS, RESEND_WITHIN
from console.chat.transitions import give_back, move

_ASKED_ABOUT = (Turn.Status.DONE, Turn.Status.STOPPED)

log = structlog.get_logger("console.chat")


def next_confirmation(turn: Turn, outcome: Outcome) -> Next | None:
    """When to ask (again); None when what was reserved has to stand for the charge."""
    error = outcome.error if outcome.act == Act.CONFIRM else None
    if outcome.is_anew:
        log.warning("chat_not_replayed", turn=str(turn.pk))
    if outcome.is_anew or outcome.no_key or _is_in_vain(error) or not _may_ask(turn):
        return None
    wait = error.retry_after_seconds if isinstance(error, rivya.Refused) else None
    return Next(Act.CONFIRM, max(CONFIRM_SECONDS[turn.checks], wait or 0), text_is_over=True)


def asking_after_stop(turn: Turn, outcome: Outcome | None = None) -> Next:
    """A stopped turn of no known session: Rivya may have answered all the same. Inside a transaction.

    A stream that begins anew is left at its first word, as the first one was; its session can be read then.
    """
    move(turn, Turn.Status.STOPPED)
    error = outcome.error if outcome else None
    if _is_in_vain(error) and not isinstance(error, rivya.KeyRefused | rivya.ScopeMissing):
        if move(turn, Turn.Status.STOPPED, final=True, final_credits=0):
            give_back(turn)
        return END
    if _is_in_vain(error) or (outcome and outcome.no_key) or not _may_ask(turn):
        told = "Rivya never said whether it had answered this question when it was stopped."
        move(turn, Turn.Status.NEEDS_REVIEW, error_code="outcome_unknown", error_message=told)
        return END
    wait = error.retry_after_seconds if isinstance(error, rivya.Refused) else None
    return Next(Act.CONFIRM, max(CONFIRM_SECONDS[turn.checks], wait or 0), text_is_over=True)


def count_confirmation(turn: Turn, lease: UUID) -> bool:
    """Counted before the first byte goes out: a process that dies of it is not followed by others for ever."""
    rows = Turn.objects.filter(pk=turn.pk, lease=lease, finished_at=None, status__in=_ASKED_ABOUT)
    return bool(rows.update(checks=F("checks") + 1))


def _may_ask(turn: Turn) -> bool:
    """While the key surely protects us, and a few times only."""
    is_young = turn.first_sent_at is not None and timezone.now() - turn.first_sent_at < RESEND_WITHIN
    return turn.path == Turn.Path.STREAM and is_young and turn.checks < len(CONFIRM_SECONDS)


def _is_in_vain(error: rivya.RivyaError | None) -> bool:
    """A refusal that asking again does not change."""
    is_passing = isinstance(error, rivya.TooMany | rivya.Unavailable | rivya.Conflict)
    return isinstance(error, rivya.Refused) and error.outcome == "not_done" and not is_passing

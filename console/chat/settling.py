"""Write down what came of one exchange: state, answer, ledger; and say what is to be done next."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from console import rivya
from console.chat import looking, sending
from console.chat.accepting import keep_session
from console.chat.confirming import asking_after_stop, next_confirmation
from console.chat.models import Turn
from console.chat.outcomes import END, Act, Next, Outcome, storable
from console.chat.pacing import STOPPED_LOOKS_SECONDS
from console.chat.transitions import charge, move
from console.keys.models import Secret
from console.keys.refusing import mark_refused


def settle(turn_id: Any, outcome: Outcome) -> Next:
    """Inside a transaction. A turn that is final, or that somebody else holds now, stays as it is."""
    turn = Turn.objects.select_for_update().select_related("conversation").filter(pk=turn_id, finished_at=None).first()
    if turn is None or turn.lease != outcome.lease or turn.status == Turn.Status.NEEDS_REVIEW:
        return END
    keep_session(turn, outcome.session_id)
    if outcome.secret_id:
        Secret.objects.filter(pk=outcome.secret_id).update(last_used_at=timezone.now())
    if isinstance(outcome.error, rivya.KeyRefused) and outcome.error.code and outcome.secret_id:
        mark_refused(outcome.secret_id, outcome.error.code)  # without a code it may be a proxy
    step = _written(turn, outcome)
    if step.act is not None:
        due = timezone.now() + timedelta(seconds=step.after_seconds)
        Turn.objects.filter(pk=turn.pk, finished_at=None).update(next_check_at=due)
    return step


def _written(turn: Turn, outcome: Outcome) -> Next:
    if outcome.act == Act.CONFIRM and turn.status == Turn.Status.STOPPED:
        return _asked_after_stop(turn, outcome)
    if outcome.act == Act.CONFIRM:
        return _confirmed(turn, outcome)
    if outcome.message is not None:
        return _answered(turn, outcome, outcome.message)
    if outcome.act == Act.LOOK:
        return looking.settle_look(turn, outcome)
    return sending.settle_send(turn, outcome)


def _answered(turn: Turn, outcome: Outcome, message: rivya.Message) -> Next:
    """Committed: paid for, whether a person stopped it or not. Where the charge was cut off it is found out."""
    facts = _facts(turn, outcome, message)
    is_whole = outcome.act == Act.SEND and outcome.error is None
    turn.checks = 0
    step = None if is_whole or facts["final_credits"] is not None else next_confirmation(turn, outcome)
    if step is None:
        return _closed(turn, **facts)
    move(turn, Turn.Status.DONE, **facts, checks=0)
    return step


def _confirmed(turn: Turn, outcome: Outcome) -> Next:
    """After a replay was asked for: what it told, or another try, or what was reserved."""
    facts = _facts(turn, outcome, outcome.message) if outcome.message is not None else {}
    is_told = bool(facts) and (outcome.error is None or facts["final_credits"] is not None)
    step = None if is_told else next_confirmation(turn, outcome)
    return step or _closed(turn, **facts)


def _asked_after_stop(turn: Turn, outcome: Outcome) -> Next:
    """What the key told of a stopped turn: the answer that was committed, a session to look into, or nothing yet."""
    if outcome.message is not None:
        return _answered(turn, outcome, outcome.message)
    if outcome.session_id:
        move(turn, Turn.Status.STOPPED, checks=0)
        return Next(Act.LOOK, STOPPED_LOOKS_SECONDS[0], text_is_over=True)
    return asking_after_stop(turn, outcome)


def _closed(turn: Turn, **facts: Any) -> Next:
    """Final, and charged once: where Rivya's figure never came, with what was reserved; our estimate as the last."""
    if move(turn, Turn.Status.DONE, final=True, **facts):
        known = (turn.final_credits, turn.reserved_credits, turn.quoted_credits)
        charge(turn, next(figure for figure in known if figure is not None))
    return END


def _facts(turn: Turn, outcome: Outcome, message: rivya.Message) -> dict[str, Any]:
    usage, credits = outcome.usage, outcome.credits
    facts: dict[str, Any] = {
        "answer": storable(message.content),
        "rivya_message_id": message.id,
        "reserved_credits": credits.reserved if credits and credits.reserved is not None else turn.reserved_credits,
        "final_credits": credits.final if credits else None,
        "error_code": "",
        "error_message": "",
    }
    if usage is not None:
        facts |= {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "total_tokens": usage.total_tokens,
        }
    if outcome.request_id:
        facts["request_id"] = outcome.request_id[:200]
    return facts

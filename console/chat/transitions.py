"""The one place that moves a turn's state, whoever asks: a conditional update whose row count tells who won."""

from typing import Any

from django.utils import timezone

from console.chat.models import Turn, TurnPiece
from console.credits import ledger
from console.credits.models import Entry
from console.live.publishing import publish


def move(turn: Turn, status: str, *, final: bool = False, **fields: Any) -> bool:
    """Move a turn that is not final. Final is final: the second mover changes nothing and gets False.

    Runs inside the caller's transaction; `fields` are written in the same statement.
    """
    if final:
        fields |= {"finished_at": timezone.now(), "next_check_at": None, "lease": None, "leased_until": None}
    elif status == Turn.Status.NEEDS_REVIEW:
        fields |= {"next_check_at": None, "lease": None, "leased_until": None}
    if not Turn.objects.filter(pk=turn.pk, finished_at=None).update(status=status, **fields):
        return False
    changed = turn.status != status or final
    turn.status = status
    for name, value in fields.items():
        setattr(turn, name, value)
    if not turn.is_open:
        TurnPiece.objects.filter(turn=turn).delete()
    if changed:
        talk = turn.conversation
        publish(talk.team_id, f"turn-{turn.pk}", id=str(turn.pk), status=status, project_id=talk.project_id)
    return True


def charge(turn: Turn, credits: int) -> None:
    """Close the turn's reservation with what Rivya charged."""
    outcome = Entry.Outcome.FAILED if turn.status == Turn.Status.FAILED else Entry.Outcome.DONE
    ledger.settle(turn.pk, credits, outcome=outcome)


def give_back(turn: Turn) -> None:
    """Close the turn's reservation with nothing charged."""
    ledger.release(turn.pk)

"""A person stops an answer: wherever it runs, its connection to Rivya is closed."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import Actor, record
from console.chat.models import Turn
from console.live.publishing import publish


def request_stop(turn: Turn, person: Actor, *, request: HttpRequest | None = None) -> bool:
    """Write the wish down; the process that runs the turn sees it within half a second. Twice is once."""
    now = timezone.now()
    with transaction.atomic():
        rows = Turn.objects.filter(pk=turn.pk, status__in=Turn.OPEN, stop_requested_at=None)
        won = bool(rows.update(stop_requested_at=now, next_check_at=now - timedelta(seconds=1)))
        if won:
            team_id, before = turn.conversation.team_id, {"status": turn.status}
            record("turn.stopped", turn, team_id=team_id, actor=person, before=before, request=request)
            publish(
                team_id, f"turn-{turn.pk}", id=str(turn.pk), status=turn.status, project_id=turn.conversation.project_id
            )
    return won

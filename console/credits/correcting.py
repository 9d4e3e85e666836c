"""A person puts a charge right: the line that was wrong stays, a line of its own says by how much and why."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import record
from console.credits import ledger
from console.credits.models import Budget, Entry
from console.teams.models import User


class ChangedMeanwhile(Exception):
    """The charge is not what the person saw, or is what they say already; nothing was written."""


def correct_charge(
    closing: Entry, charged: int, *, seen: int, reason: str, by: User, request: HttpRequest | None = None
) -> Entry:
    """Make the subject's charge `charged` credits. `closing` is its settle or release line. Raises ChangedMeanwhile."""
    with transaction.atomic():
        Budget.objects.select_for_update().get(project_id=closing.project_id, month=closing.month)
        now = charged_for(closing.subject)
        if now != seen or now == charged:
            raise ChangedMeanwhile
        line = ledger.correct(closing.subject, charged - now, person=by, reason=reason)
        record(
            "ledger.corrected",
            line,
            team_id=line.team_id,
            actor=by,
            before={"charged": now},
            after={"charged": charged, "reason": reason, "subject": str(closing.subject)},
            request=request,
        )
    return line


def charged_for(subject: UUID) -> int:
    """Credits charged for one job or turn, corrections included."""
    return Entry.objects.filter(subject=subject).charged()

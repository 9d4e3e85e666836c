"""The state of everything paid for, for programs that check it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from console.chat.models import Turn
from console.credits.effects import Figures, effects_of
from console.credits.models import Entry, EntryQuerySet
from console.jobs.models import Job, Result
from console.projects.models import Project


def state() -> dict[str, Any]:
    """Every job and turn with its key, Rivya id, state and credits; the ledger's sums per project. No content."""
    return {"jobs": list(_jobs()), "turns": list(_turns()), "ledger": list(_ledger())}


def _jobs() -> Iterator[dict[str, Any]]:
    here = Result.objects.filter(state=Result.State.COLLECTED).order_by().values_list("job").annotate(Count("id"))
    collected = dict(here)
    for job in Job.objects.order_by("created_at", "id").iterator():
        yield {
            "id": str(job.pk),
            "team_id": str(job.team_id),
            "project_id": str(job.project_id),
            "idempotency_key": job.idempotency_key,
            "rivya_id": job.rivya_id,
            "status": job.status,
            "model": job.model,
            "quoted_credits": job.quoted_credits,
            "reserved_credits": job.reserved_credits,
            "final_credits": job.final_credits,
            "error_code": job.error_code,
            "sends": job.sends,
            "results_collected": collected.get(job.pk, 0),
            "created_at": job.created_at.isoformat(),
            "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        }


def _turns() -> Iterator[dict[str, Any]]:
    turns = Turn.objects.select_related("conversation").defer("body", "question", "answer")
    for turn in turns.order_by("created_at", "id").iterator():
        yield {
            "id": str(turn.pk),
            "team_id": str(turn.conversation.team_id),
            "project_id": str(turn.conversation.project_id),
            "conversation_id": str(turn.conversation_id),
            "position": turn.position,
            "idempotency_key": turn.idempotency_key,
            "rivya_id": turn.rivya_message_id,
            "rivya_session_id": turn.conversation.session_id,
            "status": turn.status,
            "model": turn.conversation.model,
            "quoted_credits": turn.quoted_credits,
            "reserved_credits": turn.reserved_credits,
            "final_credits": turn.final_credits,
            "error_code": turn.error_code,
            "sends": turn.sends,
            "created_at": turn.created_at.isoformat(),
            "finished_at": turn.finished_at.isoformat() if turn.finished_at else None,
        }


def _ledger() -> Iterator[dict[str, Any]]:
    """Sums of each project from the ledger's lines alone, so that pages and roll-ups can be compared with them."""
    for project in Project.objects.order_by("team_id", "name"):
        entries = Entry.objects.filter(project=project)
        yield {
            "project_id": str(project.pk),
            "project": project.name,
            "team_id": str(project.team_id),
            "charged": entries.charged(),
            "held": entries.held(),
            "lines": {kind: entries.filter(kind=kind).count() for kind in Entry.Kind.values},
            "months": [
                _month(entries, month) for month in entries.order_by("month").values_list("month", flat=True).distinct()
            ],
        }


def _month(entries: EntryQuerySet, month: date) -> dict[str, Any]:
    """One month: as the team's usage page and its statement say it."""
    lines = entries.filter(month=month)
    (told,) = effects_of(lines, "project_id")
    sums = Figures(*told[1:])
    corrected = lines.filter(kind=Entry.Kind.CORRECT).aggregate(credits=Sum("credits", default=0))["credits"]
    return {
        "month": f"{month:%Y-%m}",
        "asked": sums.asked,
        "charged": sums.charged,
        "charged_failed": sums.charged_failed,
        "corrected": corrected,
        "returned": sums.returned,
        "held": sums.held,
    }

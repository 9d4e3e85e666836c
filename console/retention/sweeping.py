"""The worker's part: remove what is due, a bounded piece each time, with one line in the audit log a sweep.

Each piece is one transaction: rows and the sweep's counts together, with the project held, so that days that are raised
meanwhile save the rest. Files follow their rows (`jobs/removing.py`). A sweep begins when the days change, then daily.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from console.audit.recording import record
from console.chat import removing as chats
from console.jobs import removing as results
from console.projects.models import Project
from console.retention.models import Sweep

EVERY: Final = timedelta(days=1)


def sweep_projects() -> bool:
    """Remove the next piece of every project whose sweep is due. Whether anything went, or was left to wipe."""
    due = Sweep.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    found = [sweep_project(pk) for pk in due.values_list("pk", flat=True)[:10]]
    return results.wipe() or any(found)


def sweep_project(pk: UUID) -> bool:
    """One piece of one project, else the end of its sweep. Whether anything went."""
    now = timezone.now()
    with transaction.atomic():
        project = Project.objects.select_for_update(no_key=True).get(pk=pk)
        sweep = Sweep.objects.select_for_update().filter(project=project, due_at__lte=now).first()
        if sweep is None:  # another worker ended it
            return False
        if _piece(project, now):
            return True
        _end(project, sweep, now)
    return False


def _piece(project: Project, now: datetime) -> bool:
    gone, conversations = None, 0
    if project.keep_results_days is not None:
        gone = results.mark(project, now - timedelta(days=project.keep_results_days))
    if project.keep_chats_days is not None:
        conversations = chats.remove_words(project, now - timedelta(days=project.keep_chats_days))
    if gone is None and not conversations:
        return False
    gone = gone or results.Due()
    Sweep.objects.filter(project=project).update(
        results=F("results") + gone.results,
        size_bytes=F("size_bytes") + gone.size_bytes,
        conversations=F("conversations") + conversations,
    )
    return True


def _end(project: Project, sweep: Sweep, now: datetime) -> None:
    if sweep.results or sweep.conversations:
        gone = {"results": sweep.results, "bytes": sweep.size_bytes, "chats": sweep.conversations}
        record("retention.swept", project, team_id=project.team_id, actor=None, after=gone)
    if project.keep_results_days is None and project.keep_chats_days is None:
        sweep.delete()
        return
    sweep.due_at, sweep.results, sweep.size_bytes, sweep.conversations = now + EVERY, 0, 0, 0
    sweep.save(update_fields=["due_at", "results", "size_bytes", "conversations"])

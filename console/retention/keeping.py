"""For how long a project keeps results and chats: what would go, and the change itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import record
from console.chat import removing as chats
from console.jobs import removing as results
from console.projects.models import Project
from console.retention.models import Sweep
from console.teams.models import User

SOON: Final = timedelta(days=30)


@dataclass(frozen=True)
class Days:
    """None means for ever."""

    results: int | None
    chats: int | None

    @classmethod
    def of(cls, project: Project) -> "Days":
        """As the project has them now."""
        return cls(project.keep_results_days, project.keep_chats_days)

    @property
    def mark(self) -> str:
        """Stands for exactly these, so that a preview of others is no consent to them."""
        return f"{self.results or ''}/{self.chats or ''}"

    def facts(self) -> dict[str, Any]:
        """For the audit log."""
        return {"keep_results_days": self.results, "keep_chats_days": self.chats}


@dataclass(frozen=True)
class Share:
    """What goes by one moment."""

    results: results.Due
    chats: chats.Due

    @property
    def is_empty(self) -> bool:
        return not (self.results.results or self.chats.conversations)

    @property
    def megabytes(self) -> str:
        """As the limits of files count them; never "0 MB" for something."""
        size = self.results.size_bytes / 1_000_000
        return f"{size:,.1f}" if size >= 0.05 or not self.results.size_bytes else "under 0.1"


@dataclass(frozen=True)
class Preview:
    """What goes at the next sweep, and what has gone 30 days later, that included."""

    days: Days
    now: Share
    soon: Share


def preview(project: Project, days: Days, now: datetime | None = None) -> Preview:
    """What these days would mean for the project, counted from what is there."""
    now = now or timezone.now()
    return Preview(days, _share(project, days, now), _share(project, days, now + SOON))


def keep(project: Project, days: Days, *, by: User, request: HttpRequest | None = None) -> None:
    """Keep the project's results and chats for so long from now on. The worker removes; raising saves what is left."""
    with transaction.atomic():
        held = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        before = Days.of(held)
        if before == days:
            return
        held.keep_results_days, held.keep_chats_days = days.results, days.chats
        held.save(update_fields=["keep_results_days", "keep_chats_days"])
        Sweep.objects.update_or_create(project=held, defaults={"due_at": timezone.now()})
        facts = {"before": before.facts(), "after": days.facts()}
        record("retention.changed", held, team_id=held.team_id, actor=by, request=request, **facts)


def is_shorter(before: Days, after: Days) -> bool:
    """Whether anything may go that would have stayed."""
    pairs = ((before.results, after.results), (before.chats, after.chats))
    return any(new is not None and (old is None or new < old) for old, new in pairs)


def _share(project: Project, days: Days, at: datetime) -> Share:
    return Share(
        results.count_due(project, at - timedelta(days=days.results)) if days.results else results.Due(),
        chats.count_due(project, at - timedelta(days=days.chats)) if days.chats else chats.Due(),
    )

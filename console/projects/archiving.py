"""Put a project away, and bring it back. Nothing is deleted, and open jobs go on."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from console.audit.recording import Actor, record
from console.projects.models import Project


def archive_project(project: Project, *, by: Actor, request: HttpRequest | None = None) -> None:
    """Nothing new is sent from it any more; of several clicks one archives it."""
    with transaction.atomic():
        if Project.objects.open().filter(pk=project.pk).update(archived_at=timezone.now()):
            _record("project.archived", project, by, request, archived=True)


def reopen_project(project: Project, *, by: Actor, request: HttpRequest | None = None) -> None:
    """Work may begin in it again."""
    with transaction.atomic():
        if Project.objects.filter(pk=project.pk, archived_at__isnull=False).update(archived_at=None):
            _record("project.restored", project, by, request, archived=False)


def _record(act: str, project: Project, by: Actor, request: HttpRequest | None, *, archived: bool) -> None:
    before, after = {"archived": not archived}, {"archived": archived}
    record(act, project, team_id=project.team_id, actor=by, before=before, after=after, request=request)

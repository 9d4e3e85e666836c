"""The page of one job, and the parts of it that keep themselves fresh."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console.jobs.facing import Face
from console.jobs.looking import mark_opened
from console.jobs.models import Job
from console.jobs.resolving import ResolutionForm
from console.jobs.saying import Said
from console.teams.access import Act, TeamRequest, allows, enter, is_looked_at, may


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/`."""
    entered, job = find(request, pk)
    if request.method == "GET" and not is_looked_at(request):
        mark_opened(job.pk)
    return render(entered, "jobs/show.html", face_context(entered, job))


@require_safe
def face(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/face/`: canvas and inspector, as they are now."""
    entered, job = find(request, pk)
    return render(entered, "jobs/_face.html", face_context(entered, job))


@require_safe
def timeline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/timeline/`: the evidence so far."""
    entered, job = find(request, pk)
    return render(entered, "jobs/_timeline.html", face_context(entered, job))


def find(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, Job]:
    """The job, found through the asker, and the request inside its team. 404 for strangers, 403 for the wrong role."""
    related = ("team", "project", "key__account__team", "secret", "created_by", "retried_from")
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related(*related).defer("body"), pk=pk)
    before = job.retried_from_id
    if before and not Job.objects.visible_to(request.user).filter(pk=before).exists():
        job.retried_from = None  # of a project that this person does not see: nothing leads there
    return enter(request, job.team, act), job


def face_context(
    request: TeamRequest, job: Job, form: ResolutionForm | None = None, said: Said | None = None
) -> dict[str, Any]:
    """What `jobs/show.html` and its parts take."""
    role = request.membership.role
    sees_causes = allows(request.membership, Act.VIEW_ACROSS)
    shown = Face(
        job, may(role, Act.SUBMIT), form or ResolutionForm(), may(role, Act.MANAGE_TEAM), said, sees_causes=sees_causes
    )
    return {"face": shown, "job": job, "project": job.project}

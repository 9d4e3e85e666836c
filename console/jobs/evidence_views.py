"""What can be taken away from a job: its evidence for Rivya's support, and code that would do the same."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from console.audit.recording import record
from console.jobs.bundling import bundle_of
from console.jobs.code_samples import samples_of
from console.jobs.saying import can_be_read, say
from console.jobs.views import face_context, find
from console.teams.access import Act
from console.teams.proof import proven


@require_GET
@proven
def bundle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/bundle/`: a JSON file."""
    entered, job = find(request, pk)
    record("job.bundled", job, team_id=job.team_id, actor=entered.user, request=request)
    response = JsonResponse(bundle_of(job), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="job-{job.pk}.json"'
    return response


@require_safe
def code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/code/`: curl and Python."""
    entered, job = find(request, pk)
    context = {"job": job, "project": job.project, "samples": samples_of(job, settings.RIVYA_BASE_URL)}
    return render(entered, "jobs/_code.html" if entered.htmx else "jobs/code.html", context)


@require_POST
def reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/jobs/<id>/reading/`: what Rivya says now, shown once; the job stays as it is."""
    entered, job = find(request, pk, Act.SUBMIT)
    if not can_be_read(job):
        messages.warning(request, "Rivya never named this job, so there is nothing to read.")
        return redirect("jobs:show", pk)
    said = say(job, entered.user, request=entered)
    return render(entered, "jobs/show.html", face_context(entered, job, said=said))

"""What can be taken away from a job: its evidence for Rivya's support, and code that would do the same."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.audit.recording import record
from console.jobs.bundling import bundle_of
from console.jobs.code_samples import samples_of
from console.jobs.views import find


@require_GET
def bundle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/bundle/`: a JSON file."""
    entered, job = find(request, pk)
    record("job.bundled", job, team_id=job.team_id, actor=entered.user, request=request)
    response = JsonResponse(bundle_of(job), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="job-{job.pk}.json"'
    return response


@require_GET
def code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/code/`: curl and Python."""
    entered, job = find(request, pk)
    context = {"job": job, "project": job.project, "samples": samples_of(job, settings.RIVYA_BASE_URL)}
    return render(entered, "jobs/_code.html" if entered.htmx else "jobs/code.html", context)

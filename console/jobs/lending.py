"""A result becomes a file of its project's library, so that another job, or a question, can be given it."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from console.files import adding
from console.files.facts import Rejected
from console.jobs.models import Result
from console.jobs.result_views import name_of
from console.teams.access import Act, TeamRequest, enter


@require_POST
def lend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/results/<id>/reference/`: into the library (once), then on to a new chat that has it attached."""
    found = Result.objects.visible_to(request.user).select_related("job__project__team", "job__team")
    result = get_object_or_404(found, pk=pk)
    if not result.content:
        raise Http404("This result is not here.")
    entered = enter(request, result.job.team, Act.SUBMIT)
    try:
        with result.content.open("rb") as content:
            given = UploadedFile(content, name_of(result), result.mime_type, result.size_bytes)
            file = adding.add_file(given, result.job.project, entered.user, request)
    except FileNotFoundError:
        raise Http404("The stored file is missing.") from None
    except Rejected as rejected:
        messages.error(request, rejected.words)
        return _to(entered, reverse("jobs:show", args=[result.job_id]))
    return _to(entered, f"{reverse('chat:new')}?project={result.job.project_id}&file={file.pk}")


def _to(request: TeamRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)

"""What the staff may do to a job: what its team may do, through the same functions."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.audit.recording import record
from console.jobs.checking import check
from console.jobs.creating import CannotCreate
from console.jobs.models import Job
from console.jobs.opening import SubmissionTaken
from console.support.retrying import CannotRetry, retry

PAGE = "admin:jobs_job_change"


@require_POST
def check_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/admin/jobs/<id>/check/`: ask Rivya now."""
    job = get_object_or_404(Job, pk=pk)
    with transaction.atomic():
        is_asked = check(job, request.user)
        if is_asked:
            record("support.checked", job, team_id=job.team_id, actor=request.user, request=request)
    if is_asked:
        messages.success(request, "Rivya is being asked.")
    else:
        messages.warning(request, "There is nothing left to ask Rivya about this job.")
    return redirect(PAGE, pk)


@require_POST
def retry_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/admin/jobs/<id>/retry/`: the same request as a new job, paid by the team."""
    job = get_object_or_404(Job.objects.select_related("project__team", "project__key__account"), pk=pk)
    try:
        again = retry(job, UUID(request.POST.get("form", "")), request.user, request)  # type: ignore[arg-type]
    except ValueError:
        messages.error(request, "This form is broken; nothing was sent. Load the page again.")
    except CannotRetry as cannot:
        messages.error(request, f"Nothing was sent. {cannot}")
    except CannotCreate as cannot:
        messages.error(request, f"Nothing was sent. {cannot.problem.title}. {cannot.problem.what_happened}")
    except SubmissionTaken:
        messages.error(request, "This form was somebody else's; nothing was sent. Load the page again.")
    else:
        messages.success(request, "Sent again as this new job. The team sees who asked for it.")
        return redirect(PAGE, again.pk)
    return redirect(PAGE, pk)

"""Whether anybody looked at what a job made: what was paid for and never looked at is waste."""

from uuid import UUID

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.jobs.filters import narrowed
from console.jobs.list_views import filter_form
from console.jobs.models import Job
from console.projects.reach import within
from console.teams.access import TeamRequest, in_team
from console.ui.keyset import query_without


def mark_opened(job_id: UUID) -> None:
    """A member opened the job's page, its result or a download. The first time after success counts."""
    unopened = Job.objects.filter(pk=job_id, status=Job.Status.SUCCEEDED, opened_at=None)
    if unopened.exists():  # a read for every look, a write for the first
        unopened.update(opened_at=timezone.now())


@require_safe
@in_team()
def unopened(request: TeamRequest) -> HttpResponse:
    """GET `/jobs/unopened/`: a late fragment for usage, with the filters of the list of jobs."""
    form = filter_form(request)
    never = narrowed(Job.objects.filter(within(request.membership), team=request.team), form.wish, request.team)
    never = never.filter(status=Job.Status.SUCCEEDED, opened_at=None).order_by()
    sums = never.aggregate(credits=Sum("final_credits", default=0), jobs=Count("pk"))
    query = query_without(request, "state", "page", "view")
    return render(request, "jobs/_unopened.html", {**sums, "query": f"{query}&state=unopened"})

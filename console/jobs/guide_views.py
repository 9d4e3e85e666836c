"""The page of the first visit, and its end."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from console.jobs.guiding import guide_of
from console.teams.access import TeamRequest, in_team
from console.teams.models import Membership


@require_safe
@in_team()
def start(request: TeamRequest) -> HttpResponse:
    """`/start/`: the guide as far as the team has come, also after it was put away."""
    return render(request, "jobs/start.html", {"guide": guide_of(request)})


@require_safe
@in_team()
def progress(request: TeamRequest) -> HttpResponse:
    """A fragment: the steps again, while the first job runs."""
    return render(request, "jobs/_guide.html", {"guide": guide_of(request)})


@require_POST
@in_team()
def dismiss(request: TeamRequest) -> HttpResponse:
    """This person wants no guide in this team any more."""
    theirs = Membership.objects.filter(pk=request.membership.pk, guide_dismissed_at=None)
    theirs.update(guide_dismissed_at=timezone.now())
    return redirect("home")

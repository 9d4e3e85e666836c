"""The pages of a team: who is in it, and which one is shown."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.teams import people_page
from console.teams.access import SESSION_TEAM, TeamRequest, current_membership, in_team
from console.teams.models import Team


@require_GET
@in_team()
def people(request: TeamRequest) -> HttpResponse:
    """Everyone in the team, with their role."""
    return people_page.show(request)


@require_POST
def switch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show another of my teams."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    request.session[SESSION_TEAM] = str(team.pk)
    return redirect("home")


@require_GET
def none(request: HttpRequest) -> HttpResponse:
    """For a person who is in no team."""
    if current_membership(request):
        return redirect("home")
    return render(request, "teams/none.html")

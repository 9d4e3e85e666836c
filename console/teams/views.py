"""The pages of a team: who is in it, and which one is shown."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.teams import people_page
from console.teams.access import TeamRequest, in_team
from console.teams.models import Membership, Team, User
from console.teams.signing_up import TeamNameForm, begin_own_team, may_begin_team
from console.teams.which_team import SESSION_TEAM, current_membership


@require_safe
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


@require_safe
def none(request: HttpRequest) -> HttpResponse:
    """For a person who is in no team, or suspended from every one of theirs."""
    return redirect("home") if current_membership(request) else _none(request, TeamNameForm())


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """POST `/teams/none/team/`: a team of one's own, where sign-up is open. Who is in a team already is led there."""
    if not may_begin_team():
        raise PermissionDenied("On this console, teams are made by who runs it. Ask an owner or admin to invite you.")
    form = TeamNameForm(request.POST)
    if not form.is_valid():
        return _none(request, form, status=422)
    if begin_own_team(cast(User, request.user), form.cleaned_data["name"], request):
        messages.success(request, "Your team is made, and you are its owner.")
    return redirect("home")


def _none(request: HttpRequest, form: TeamNameForm, status: int = 200) -> HttpResponse:
    suspended = Membership.objects.filter(user=request.user.pk, suspended_at__isnull=False)
    context = {
        "suspensions": suspended.count(),  # no names: as to a stranger
        "form": form if may_begin_team() else None,
    }
    return render(request, "teams/none.html", context, status=status)

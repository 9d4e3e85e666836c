"""A team that asks everybody for a second step: its owner's switch, and the page for whom it keeps waiting."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from console.audit.recording import record
from console.teams.access import Act, TeamRequest, in_team, is_looked_at
from console.teams.leading_on import keep_team
from console.teams.models import Membership, Team, User
from console.teams.second_steps import REAL, has_second_step, is_shut


@require_http_methods(["GET", "POST"])
@in_team(Act.REQUIRE_SECOND_STEP)
def rule(request: TeamRequest) -> HttpResponse:
    """Switch it on or off. On only by an owner who has a second step: nobody shuts themselves out."""
    if request.method != "POST":
        return _page(request)
    wanted = request.POST.get("required") == "on"
    if wanted and not has_second_step(request.user):
        return _page(
            request, problem="Set up a second step of your own first: you would be shut out as well.", status=422
        )
    with transaction.atomic():
        changed = Team.objects.filter(pk=request.team.pk, requires_second_step=not wanted)
        if changed.update(requires_second_step=wanted):
            facts = {"before": {"required": not wanted}, "after": {"required": wanted}}
            record(
                "second_step.required",
                request.team,
                team_id=request.team.pk,
                actor=request.user,
                request=request,
                **facts,
            )
    words = "Everybody needs a second step from now on." if wanted else "A password is enough again."
    messages.success(request, words)
    return redirect("teams:second_step")


@require_GET
def needed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What somebody sees of a team that waits for their second step."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    if not isinstance(request.user, User) or not is_shut(team, request.user):
        return redirect("home")
    if not is_looked_at(request):
        keep_team(request, team)
    others = Membership.objects.filter(user=request.user).exclude(team=team).select_related("team")
    return render(request, "teams/second_step_needed.html", {"asking": team, "others": others})


def _page(request: TeamRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    members = Membership.objects.filter(team=request.team).select_related("user")
    have = set(
        Authenticator.objects.filter(user__memberships__team=request.team, type__in=REAL).values_list("user", flat=True)
    )
    context = {
        "without": [each for each in members if each.user_id not in have],
        "mine": request.user.pk in have,
        "problem": problem,
    }
    return render(request, "teams/second_step.html", context, status=status)

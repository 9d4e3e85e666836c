"""The page of a team's settings."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from console.audit.recording import record
from console.teams import domains
from console.teams.access import Act, TeamRequest, in_team
from console.teams.models import Team
from console.teams.settings_forms import SettingsForm

TRACKED = ("name", "time_zone", "billing_contact", "low_balance_at", "sign_in_domains")


@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_TEAM)
def settings(request: TeamRequest) -> HttpResponse:
    """Change what the team says of itself."""
    if request.method == "POST":
        with transaction.atomic():
            team = Team.objects.select_for_update().get(pk=request.team.pk)
            before = _facts(team)
            form = SettingsForm(request.POST, instance=team)
            if form.is_valid():
                team = form.save()
                if before != _facts(team):
                    facts = {"before": before, "after": _facts(team)}
                    record("team.changed", team, team_id=team.pk, actor=request.user, request=request, **facts)
                messages.success(request, "The settings are saved.")
                return redirect("teams:settings")
        return _page(request, form, status=422)
    return _page(request, SettingsForm(instance=request.team))


def _page(request: TeamRequest, form: SettingsForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "outside": domains.left_outside(request.team)}
    return render(request, "teams/settings.html", context, status=status)


def _facts(team: Team) -> dict[str, Any]:
    return {name: getattr(team, name) for name in TRACKED}

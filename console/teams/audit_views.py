"""The team's audit log, for owners and admins."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from console.audit.reading import read
from console.teams.access import Act, TeamRequest, in_team


@require_GET
@in_team(Act.READ_AUDIT)
def index(request: TeamRequest) -> HttpResponse:
    """Who did what, newest first."""
    page = read(request.team.pk, request.GET.get("before", ""))
    older_url = f"?{urlencode({'before': page.before})}" if page.before else ""
    return render(request, "audit/index.html", {"events": page.events, "older_url": older_url})

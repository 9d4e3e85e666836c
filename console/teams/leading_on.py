"""Where somebody was going when a team asked for their second step first, kept in their session until it is set up."""

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from console.teams.models import Team

KEPT: Final = "on_the_way"


def keep_way(request: HttpRequest, team: Team) -> None:
    """Keep the page that is asked for. A fragment, a file, a stream or a form is none to come back to."""
    is_whole = request.headers.get("Sec-Fetch-Dest", "document") == "document" and not getattr(request, "htmx", False)
    if request.method == "GET" and is_whole and request.path.endswith("/"):
        request.session[KEPT] = {"team": str(team.pk), "path": request.get_full_path()}


def keep_team(request: HttpRequest, team: Team) -> None:
    """Its first page, where no page of it was asked for."""
    if request.session.get(KEPT, {}).get("team") != str(team.pk):
        request.session[KEPT] = {"team": str(team.pk), "path": reverse("home")}


def take_way(request: HttpRequest) -> tuple[Team | None, str]:
    """The team and the path in it, once; no team where none was kept, or it is the person's no more."""
    kept = request.session.pop(KEPT, None)
    if kept is None:
        return None, ""
    return Team.objects.visible_to(request.user).filter(pk=kept["team"]).first(), kept["path"]

"""Which team a request is about: the one that its page shows, else the one chosen in the session.

Two tabs of one browser share a session and may show two teams. So a page names its team in what it sends: `X-Team`
with each request of its own (`templates/base.html`), `page_team` in a form (`templates/teams/_page_team.html`) or in a
link to a file. What is sent from a page is done in the team that the page shows.
"""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from console.teams.models import Membership, Team

SESSION_TEAM: Final = "team"
HEADER: Final = "X-Team"
FIELD: Final = "page_team"


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership of the team chosen in this session, else of the one joined first; None without any."""
    mine = _mine(request)
    chosen = request.session.get(SESSION_TEAM)
    return next((membership for membership in mine if str(membership.team_id) == chosen), mine[0] if mine else None)


def membership_of_page(request: HttpRequest) -> Membership | None:
    """The membership of the team that the asking page shows, else the current one.

    PermissionDenied when the page shows a team that the person is not in, or not any more.
    """
    told = _told(request)
    if not told:
        return current_membership(request)
    found = next((membership for membership in _mine(request) if str(membership.team_id) == told), None)
    if found is None:
        raise PermissionDenied("You are not in the team that this page was drawn for. Nothing was changed.")
    return found


def remember(request: HttpRequest, team: Team) -> None:
    """The team becomes the session's when a person goes there or does something in it.

    What a page in the background asks for by itself, its parts, its pictures, its stream, leaves the session alone.
    """
    is_act = request.method not in {"GET", "HEAD"}
    if (is_act or _is_navigation(request)) and request.session.get(SESSION_TEAM) != str(team.pk):
        request.session[SESSION_TEAM] = str(team.pk)


def _is_navigation(request: HttpRequest) -> bool:
    """Browsers say what a request is for, except on a public address without TLS."""
    goal = request.headers.get("Sec-Fetch-Dest", "document")
    return goal == "document" and "HX-Request" not in request.headers


def _told(request: HttpRequest) -> str:
    form = request.POST if request.method == "POST" else request.GET
    return request.headers.get(HEADER) or form.get(FIELD, "")


def _mine(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return list(Membership.objects.active().select_related("team").filter(user=request.user))

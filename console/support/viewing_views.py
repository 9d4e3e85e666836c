"""Begin to look through somebody's eyes, and stop."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from console.support.models import Opening, Viewing
from console.support.viewing import COOKIE, SAME_SITE, WouldShowMore, begin, end
from console.teams.models import User
from console.teams.proof import proven
from console.teams.which_team import SESSION_TEAM


@require_POST
@proven
def start(request: HttpRequest) -> HttpResponse:
    """POST `/admin/viewing/`: `opening` (one's own, open) and `person` (a member of its team)."""
    mine = Opening.objects.held_by(request.user).select_related("team", "staff")
    opening = get_object_or_404(mine, pk=_id(request, "opening"))
    person = get_object_or_404(User, pk=_id(request, "person"))
    try:
        viewing = begin(opening, person, request)
    except WouldShowMore as more:
        names = ", ".join(team.name for team in more.teams)
        messages.error(request, f"{person} is also in {names}. Open that too, or look through somebody else's eyes.")
        return redirect("admin:openings")
    request.session[SESSION_TEAM] = str(opening.team_id)
    answer = redirect("home")
    answer.set_cookie(
        COOKIE,
        str(viewing.pk),
        expires=opening.until,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite=SAME_SITE,
    )
    return answer


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """POST `/admin/viewing/end/`: one's own eyes again."""
    viewing = Viewing.find(request.COOKIES.get(COOKIE, ""), request.user)
    if viewing is not None:
        end(viewing, request)
        messages.success(request, f"You see with your own eyes again, no longer with those of {viewing.person}.")
    answer = redirect("admin:openings")
    answer.delete_cookie(COOKIE, samesite=SAME_SITE)
    return answer


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None

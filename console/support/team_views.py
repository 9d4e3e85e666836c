"""The team's side: who of the staff may read its content, why, until when; and an end to it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.support.models import Opening
from console.support.opening import end
from console.teams.access import Act, TeamRequest, enter, in_team
from console.ui.keyset import cursor_of, fetch_by_time, links, read_page

PAGE_SIZE = 40


@require_safe
@in_team(Act.MANAGE_TEAM)
def index(request: TeamRequest) -> HttpResponse:
    """GET `/team/support/`: every opening, newest first."""
    rows = Opening.objects.visible_to(request.user).filter(team=request.team)
    shown = rows.select_related("staff", "ended_by").prefetch_related("viewings__person")
    page = read_page(partial(fetch_by_time, shown), cursor_of(request), PAGE_SIZE)
    return render(request, "support/index.html", {"openings": page.rows, "links": links(request, page)})


@require_POST
def end_opening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/team/support/<id>/end/`: closed at once, with every page and stream that was opened by it."""
    mine = Opening.objects.visible_to(request.user).select_related("team", "staff")
    opening = get_object_or_404(mine, pk=pk)
    entered = enter(request, opening.team, Act.MANAGE_TEAM)
    if end(opening, entered.user, request):
        messages.success(request, f"{opening.staff} can no longer read what is yours.")
    else:
        messages.info(request, "This had ended already.")
    return redirect("support:index")

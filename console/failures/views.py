"""The desk: causes of failures, newest first, and what waits for somebody."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.failures.filters import filter_form, wanted
from console.failures.forms import SavedViewForm
from console.failures.models import Cause, SavedView
from console.failures.presenting import rows
from console.failures.verdicts import CATALOGUE
from console.teams.access import Act, TeamRequest, allows, in_team
from console.ui.keyset import cursor_of, fetch_by_time, links, query_without, read_page

PAGE_SIZE = 25
MOST_COUNTED = 99
OF_HOME = 3


@require_safe
@in_team(Act.VIEW_ACROSS)
def index(request: TeamRequest) -> HttpResponse:
    """GET `/failures/`: filters and place stand in the address."""
    wants_list = bool(request.htmx) and request.headers.get("HX-Target", "").endswith("failures-list")
    context = desk_context(request)
    answer = render(request, "failures/index.htmx.html" if wants_list else "failures/index.html", context)
    if wants_list:
        answer["HX-Push-Url"] = f"{request.path}?{query_without(request)}".removesuffix("?")
    return answer


@require_safe
@in_team()
def count(request: TeamRequest) -> HttpResponse:
    """GET `/failures/count/`: how many causes wait for somebody, for the sidebar."""
    waiting = Cause.objects.unattended().visible_to(request.user).filter(team=request.team)[: MOST_COUNTED + 1].count()
    return render(request, "failures/_count.html", {"waiting": waiting, "most": MOST_COUNTED})


@require_safe
@in_team()
def asking(request: TeamRequest) -> HttpResponse:
    """GET `/failures/asking/`: what waits for somebody, on the Home of who may do something about it."""
    if not allows(request.membership, Act.MEND_FAILURES):
        return render(request, "failures/_asking.html", {"rows": [], "has_more": False})
    waiting = Cause.objects.unattended().visible_to(request.user).filter(team=request.team)
    found = list(waiting.select_related("assigned_to").order_by("-last_seen_at", "-id")[: OF_HOME + 1])
    shown = rows(request.team, found[:OF_HOME])
    return render(request, "failures/_asking.html", {"rows": shown, "has_more": len(found) > OF_HOME})


def desk_context(request: TeamRequest, form: SavedViewForm | None = None) -> dict[str, Any]:
    """What `failures/index.html` takes."""
    filters = filter_form(request.GET, request.team)
    wish, query = filters.wish, query_without(request, "page")
    page = read_page(partial(fetch_by_time, wanted(request.team, wish)), cursor_of(request), PAGE_SIZE)
    unknown = Cause.objects.standing().filter(team=request.team, state__in=Cause.NEEDS_SOMEBODY)
    return {
        "form": filters,
        "wish": wish,
        "rows": rows(request.team, page.rows),
        "links": links(request, page),
        "query": query,
        "saved_views": SavedView.objects.filter(team=request.team),
        "view_form": form or SavedViewForm(initial={"query": query}),
        "new_codes": unknown.exclude(code__in=CATALOGUE).exclude(code__startswith="http_").count(),
        "has_any": bool(page.rows) or Cause.objects.standing().filter(team=request.team).exists(),
    }

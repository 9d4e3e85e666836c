"""The team's audit log, for owners and admins."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_safe

from console.audit.choices import acts_in, kinds_in, people_in
from console.audit.closing import for_team
from console.audit.exporting import exported
from console.audit.filters import FilterForm
from console.audit.models import AuditEvent
from console.audit.reading import read
from console.audit.recording import record
from console.teams.access import Act, TeamRequest, enter, in_team
from console.teams.models import Team
from console.teams.proof import proven
from console.teams.streaming import while_allowed
from console.ui.keyset import cursor_of, links, query_without
from console.ui.spreadsheets import CUT_SHORT


@require_safe
@in_team(Act.READ_AUDIT)
def index(request: TeamRequest) -> HttpResponse:
    """GET `/audit/`: who did what, newest first; the filters stand in the address."""
    form = _form(request)
    wish = form.wish(team=request.team.pk, zone=request.team.time_zone)
    page = read(wish, cursor_of(request))
    context = {
        "form": form,
        "wish": wish,
        "lines": [for_team(event) for event in page.rows],
        "links": links(request, page),
        "query": query_without(request, "page"),
    }
    return render(request, "audit/index.html", context)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/audit/<id>/`: one line, before and after side by side."""
    mine = Team.objects.visible_to(request.user)
    event = get_object_or_404(AuditEvent.objects.filter(team_id__in=mine.values("pk")), pk=pk)
    entered = enter(request, mine.get(pk=event.team_id or ""), Act.READ_AUDIT)
    return render(entered, "audit/show.html", {"line": for_team(event), "index_url": reverse("audit:index")})


@require_GET
@proven
@in_team(Act.READ_AUDIT)
def export(request: TeamRequest) -> HttpResponseBase:
    """GET `/audit/lines.csv`: the same filters, every line."""
    wish = _form(request).wish(team=request.team.pk, zone=request.team.time_zone)
    filters = {name: value for name, value in request.GET.items() if value}
    record("audit.exported", request.team, team_id=request.team.pk, actor=request.user, after=filters, request=request)
    return exported(wish, for_team, lambda chunks: while_allowed(request, chunks, CUT_SHORT))


def _form(request: TeamRequest) -> FilterForm:
    team = request.team.pk
    return FilterForm(request.GET, people=people_in(team), acts=acts_in(team), kinds=kinds_in(team))


urls = [
    path("", index, name="index"),
    path("lines.csv", export, name="export"),
    path("<uuid:pk>/", show, name="show"),
]

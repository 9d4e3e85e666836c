"""The audit log of all teams for support: the filters of a team's own page, and whose line each is.

What people and models wrote stays closed (`console/audit/closing.py`), also to the search.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET

from console.audit.choices import acts_in, kinds_in, people_in
from console.audit.closing import for_support
from console.audit.exporting import exported
from console.audit.filters import FilterForm
from console.audit.models import AuditEvent
from console.audit.reading import Wish, read
from console.audit.recording import record
from console.teams.models import Team
from console.teams.proof import proven
from console.ui.admin import LookOnly
from console.ui.keyset import cursor_of, links, query_without

INDEX = "admin:audit_auditevent_changelist"
MOST_TEAMS = 1000


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnly):
    """Pages of its own: Django's would count a million lines before it shows one."""

    def get_urls(self) -> list[URLPattern]:
        export = path("lines.csv", self.admin_site.admin_view(proven(self.export)), name="audit_auditevent_export")
        return [export, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The lines that the filters in the address ask for, newest first."""
        form, wish = self._asked(request)
        page = read(wish, cursor_of(request))
        context = {
            "title": "Audit log",
            "form": form,
            "wish": wish,
            "teams": Team.objects.order_by("name")[:MOST_TEAMS],
            "lines": [(for_support(event), team) for event, team in _with_teams(page.rows)],
            "links": links(request, page),
            "query": query_without(request, "page"),
        }
        return self._drawn(request, "admin/audit/lines.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One line, before and after side by side."""
        self._check(request)
        try:
            event = get_object_or_404(AuditEvent, pk=UUID(object_id))
        except ValueError:
            raise Http404 from None
        line = for_support(event)
        team = Team.objects.filter(pk=event.team_id).first() if event.team_id else None
        return self._drawn(request, "admin/audit/line.html", {"title": line.act, "line": line, "of_team": team})

    @method_decorator(require_GET)
    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The same lines as CSV."""
        _form, wish = self._asked(request)
        person = request.user
        filters = {name: value for name, value in request.GET.items() if value}
        subject = Team.objects.filter(pk=wish.team).first() if wish.team else None
        record("audit.exported", subject or person, team_id=wish.team, actor=person, after=filters, request=request)
        return exported(wish, for_support)

    def _asked(self, request: HttpRequest) -> tuple[FilterForm, Wish]:
        self._check(request)
        team = FilterForm(request.GET, people=[], acts=[], kinds=[]).wanted_team
        offered: dict[str, Any] = {"people": [], "acts": [], "kinds": []}
        if team:
            offered = {"people": people_in(team), "acts": acts_in(team), "kinds": kinds_in(team)}
        form = FilterForm(request.GET, **offered)
        return form, form.wish(team=team, zone="UTC")

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def _drawn(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "index_url": reverse(INDEX)}
        return render(request, template, {**frame, **context})


def _with_teams(events: Iterable[AuditEvent]) -> list[tuple[AuditEvent, Team | None]]:
    events = list(events)
    teams = Team.objects.in_bulk({event.team_id for event in events if event.team_id})
    return [(event, teams.get(event.team_id) if event.team_id else None) for event in events]

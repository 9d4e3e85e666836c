"""The team's conversations, the one that was used last first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from console.chat.models import Conversation, Turn
from console.chat.searching import holding
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, in_team, may

PAGE_SIZE = 40


@dataclass(frozen=True)
class Links:
    """The address of the next page; empty on the last."""

    older: str = ""


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """GET `/chat/?q=&project=&archived=1&before=`."""
    projects = list(Project.objects.seen_by(request.membership))
    wanted = request.GET.get("project", "")
    project = next((each for each in projects if str(each.pk) == wanted), None)
    query, archived = request.GET.get("q", "")[:200], request.GET.get("archived") == "1"
    found = _found(request, query, project, archived)
    before = _moment(request.GET.get("before", ""))
    rows = list((found.filter(last_turn_at__lt=before) if before else found)[: PAGE_SIZE + 1])
    context = {
        "conversations": rows[:PAGE_SIZE],
        "links": _links(request, rows),
        "q": query,
        "project": project,
        "projects": projects,
        "archived": archived,
        "is_filtered": bool(query.strip() or project or archived),
        "may_submit": may(request.membership.role, Act.SUBMIT),
    }
    is_part = request.htmx and request.headers.get("HX-Target", "").endswith("chat-list")
    return render(request, "chat/_list.html" if is_part else "chat/index.html", context)


def _found(request: TeamRequest, query: str, project: Project | None, archived: bool) -> "QuerySet[Conversation]":
    found: QuerySet[Conversation] = Conversation.objects.filter(
        within(request.membership), team=request.team, archived_at__isnull=not archived, words_removed_at=None
    )
    if project is not None:
        found = found.filter(project=project)
    if query.strip():
        found = holding(found, query, request.team.pk, project.pk if project else None)
    still = Turn.objects.filter(conversation=OuterRef("pk"), status__in=Turn.OPEN)
    listed = found.select_related("project", "created_by").annotate(is_answering=Exists(still))
    return listed.order_by("-last_turn_at", "-id")


def _links(request: TeamRequest, rows: list[Conversation]) -> Links:
    if len(rows) <= PAGE_SIZE:
        return Links()
    kept = {name: value for name, value in request.GET.items() if name != "before"}
    kept["before"] = rows[PAGE_SIZE - 1].last_turn_at.isoformat()
    return Links(f"{request.path}?{urlencode(kept)}")


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):  # no date, or one whose zone moves it out of the calendar
        return None

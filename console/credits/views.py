"""The pages of credits."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from console.credits import budgeting, ledger, spending, wallet
from console.credits.low_balance import is_low
from console.credits.models import Entry, EntryQuerySet
from console.projects.models import Project
from console.teams.access import TeamRequest, enter, in_team

PAGE_SIZE = 50


@require_GET
@in_team()
def usage(request: TeamRequest) -> HttpResponse:
    """What the team spent this month, project by project, and every line of its ledger."""
    project = _chosen_project(request)
    entries = Entry.objects.filter(team=request.team)
    if project:
        entries = entries.filter(project=project)
    lines, older = _page_of(entries, request.GET.get("before", ""))
    month = _this_month(request)
    rows = spending.by_project(request.team, month)
    context = {
        "project": project,
        "month": month,
        "rows": rows,
        "charged": sum(row.charged for row in rows),
        "held": sum(row.held for row in rows),
        "lines": lines,
        "older_url": _older_url(request, older),
        "is_first": "before" not in request.GET,
    }
    return render(request, "credits/usage.html", context)


@require_GET
@in_team()
def wallet_chip(request: TeamRequest) -> HttpResponse:
    """A late fragment: the balance as Rivya reports it; the lowest one when the team has several accounts."""
    known = [account for account in wallet.accounts(request.team) if account.balance is not None]
    lowest = min(known, key=lambda account: account.balance or 0, default=None)
    context = {
        "credits": lowest.balance if lowest else None,
        "accounts": len(known),
        "low": lowest is not None and is_low(request.team, lowest.balance),
        "as_of": lowest.balance_at if lowest else None,
        "url": reverse("credits:wallet"),
    }
    return render(request, "ui/_wallet_chip.html", context)


@require_GET
def project_month(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fragment for a project's page: this month against its budget."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)
    enter(request, project.team)
    standing = budgeting.standing_of(project)
    context = {
        "words": standing.words,
        "project": project,
        "month": standing.month.month,
        "charged": standing.charged,
        "held": standing.held,
        "committed": standing.month.committed,
        "limit": standing.month.limit,
    }
    return render(request, "credits/_project_month.html", context)


def _chosen_project(request: TeamRequest) -> Project | None:
    given = request.GET.get("project")
    if not given:
        return None
    try:
        wanted = UUID(given)
    except ValueError:
        wanted = UUID(int=0)
    return get_object_or_404(Project.objects.filter(team=request.team), pk=wanted)


def _page_of(entries: EntryQuerySet, before: str) -> tuple[list[Entry], int | None]:
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(id__lt=int(before))
    lines = list(entries.select_related("project", "person").order_by("-id")[: PAGE_SIZE + 1])
    return lines[:PAGE_SIZE], lines[PAGE_SIZE - 1].pk if len(lines) > PAGE_SIZE else None


def _older_url(request: HttpRequest, older: int | None) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "before"}
    return f"?{urlencode(kept | {'before': older})}" if older else ""


def _this_month(request: TeamRequest) -> date:
    return ledger.month_in(request.team.time_zone, timezone.now())

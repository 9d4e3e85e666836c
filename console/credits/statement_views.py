"""Statements: the list of months, and one month as it is sent to whoever pays."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.credits import statements
from console.credits.usage_filters import today_of
from console.credits.usage_periods import EVER
from console.teams.access import TeamRequest, in_team


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """GET `/usage/statements/`: every month with usage."""
    today = today_of(request.team)
    context = {"months": statements.months_of(request.membership, today), "this_month": today.replace(day=1)}
    return render(request, "credits/statements.html", context)


@require_safe
@in_team()
def show(request: TeamRequest, month: str) -> HttpResponse:
    """GET `/usage/statements/2026-11/`: prints as it stands."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404("There is no such month.") from error
    if not EVER.first <= first < EVER.last:  # the calendar ends a little later, and a month needs the next one
        raise Http404("There is no such month.")
    found = statements.statement(request.membership, first, today_of(request.team))
    return render(request, "credits/statement.html", {"statement": found})

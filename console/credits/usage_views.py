"""Pages of usage."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.credits.usage_filters import Filters, Known, UsageForm, filters_of
from console.credits.usage_lines import Place, lines_behind, page_of, with_held
from console.credits.usage_tables import usage
from console.credits.usage_telling import Told
from console.teams.access import TeamRequest, in_team

PAGE_SIZE = 50


@require_safe
@in_team()
def show(request: TeamRequest) -> HttpResponse:
    """GET `/usage/`: what credits bought in a period; period and filters stand in the address."""
    form, filters, known = asked(request)
    context = {"form": form, "filters": filters, "usage": usage(filters, known), "query": filters.query()}
    return render(request, "credits/usage.html", context)


@require_safe
@in_team()
def ledger(request: TeamRequest) -> HttpResponse:
    """GET `/usage/ledger/`: the lines behind the figures."""
    form, filters, known = asked(request)
    entries, after = page_of(lines_behind(filters, Place.parse(request.GET.get("after", ""))), PAGE_SIZE)
    query = filters.query(what=filters.what)
    context = {
        "form": form,
        "filters": filters,
        "query": query,
        "lines": [Told(line, known) for line in with_held(entries)],
        "older_url": f"{request.path}?{query}&after={after}" if after else "",
        "first_url": f"{request.path}?{query}" if "after" in request.GET else "",
    }
    return render(request, "credits/usage_ledger.html", context)


def asked(request: TeamRequest) -> tuple[UsageForm, Filters, Known]:
    """The form, what of it was understood, and what the team's usage can be told apart by."""
    known = Known(request.membership)
    form = UsageForm(request.GET, known)
    return form, filters_of(request.team, form, known), known

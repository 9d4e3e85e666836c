"""The pages of the model catalogue."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from console.catalogue import refreshing
from console.catalogue.filtering import INPUTS, KINDS, READINESS, SORTS, Sieve
from console.catalogue.models import CatalogueModel, CatalogueRefresh
from console.teams.access import Act, TeamRequest, in_team, may


@require_safe
@in_team(Act.VIEW)
def index(request: TeamRequest) -> HttpResponseBase:
    """Every model Rivya lists, filtered by the query string; for htmx, the table alone."""
    listed = list(CatalogueModel.objects.listed())
    sieve = Sieve.of(request.GET.dict())
    counts = Counter(model.category for model in listed)
    context = {
        "models": sieve.apply(listed),
        "sieve": sieve,
        "total": len(listed),
        "ready": sum(model.is_callable for model in listed),
        "kinds": [(kind, KINDS.get(kind) or kind.title() or "Other", count) for kind, count in _ordered(counts)],
        "inputs": INPUTS.items(),
        "readinesses": READINESS.items(),
        "sorts": SORTS.items(),
        "reading": CatalogueRefresh.current(),
        "may_submit": may(request.membership.role, Act.SUBMIT),
    }
    return render(request, "catalogue/_models.html" if request.htmx else "catalogue/index.html", context)


@require_safe
@in_team(Act.VIEW)
def show(request: TeamRequest, model_id: str) -> HttpResponseBase:
    """One model, also when Rivya no longer lists it."""
    model = get_object_or_404(CatalogueModel, pk=model_id)
    context = {
        "model": model,
        "reading": CatalogueRefresh.current(),
        "may_submit": may(request.membership.role, Act.SUBMIT),
    }
    return render(request, "catalogue/show.html", context)


@require_POST
@in_team(Act.VIEW)
def refresh(request: TeamRequest) -> HttpResponseBase:
    """Read the list now, then show it."""
    if not refreshing.refresh_now():
        messages.info(request, "The list was asked for a moment ago.")
    elif not CatalogueRefresh.current().problem:
        messages.success(request, "The list is as Rivya has it now.")
    return redirect("catalogue:index")


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    known = [(kind, counts[kind]) for kind in KINDS if counts[kind]]
    return known + sorted((kind, count) for kind, count in counts.items() if kind not in KINDS)

"""Filters under a name, for the whole team."""

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.audit.recording import record
from console.failures.filters import filter_form
from console.failures.forms import SavedViewForm
from console.failures.models import SavedView
from console.failures.views import desk_context
from console.teams.access import Act, TeamRequest, enter, in_team

MOST = 50


@require_POST
@in_team(Act.MEND_FAILURES)
def create(request: TeamRequest) -> HttpResponse:
    """POST `/failures/views/`: keep these filters under this name; the same name again changes it."""
    form = SavedViewForm(request.POST)
    if form.is_valid() and _others(request, form.cleaned_data["name"]).count() >= MOST:
        form.add_error("name", f"A team keeps {MOST} views at most. Remove one first.")
    if not form.is_valid():
        # What is drawn is the desk as it was when the form was filled in.
        request.GET, request.path = QueryDict(form["query"].value() or ""), reverse("failures:index")
        return render(request, "failures/index.html", desk_context(request, form), status=422)
    query = QueryDict(mutable=True)
    query.update(filter_form(QueryDict(form.cleaned_data["query"]), request.team).wish)
    name = form.cleaned_data["name"]
    told = {"query": query.urlencode(), "created_by": request.user}
    try:
        with transaction.atomic():
            view, _ = SavedView.objects.update_or_create(team=request.team, name=name, defaults=told)
            filters = {"query": view.query}
            record("failure_view.saved", view, team_id=view.team_id, actor=request.user, after=filters, request=request)
    except IntegrityError:  # two at once under one name: the other one stands
        messages.warning(request, "Somebody saved a view of this name just now.")
        return redirect("failures:index")
    messages.success(request, f"Saved as {name}.")
    return redirect(f"{reverse('failures:index')}?{view.query}".removesuffix("?"))


def _others(request: TeamRequest, name: str) -> "QuerySet[SavedView]":
    return SavedView.objects.filter(team=request.team).exclude(name=name)


@require_http_methods(["GET", "POST"])
def removal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET, POST `/failures/views/<id>/removal/`: asked first, because it is gone for the whole team."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, view.team, Act.MEND_FAILURES)
    if request.method == "GET":
        return render(entered, "failures/remove_view.html", {"view": view})
    with transaction.atomic():
        filters = {"query": view.query}
        record("failure_view.removed", view, team_id=view.team_id, actor=entered.user, before=filters, request=entered)
        SavedView.objects.filter(pk=view.pk).delete()
    messages.success(request, f"The view {view.name} is gone.")
    return redirect("failures:index")

"""The pages of webhooks: the endpoints, one of them with its log, and the forms."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from console.keys.declined import Declined
from console.teams.access import Act, TeamRequest, in_team
from console.ui import keyset
from console.webhooks import changing, deleting, registering
from console.webhooks.asking import fit_keys
from console.webhooks.finding import kept_or_deleted, managed
from console.webhooks.forms import DeleteForm, EndpointForm, SettingsForm
from console.webhooks.logbook import chosen, lines, page_of
from console.webhooks.models import Endpoint
from console.webhooks.reachability import obstacle
from console.webhooks.registering import SentBefore, Unfinished, Wish
from console.webhooks.standing import Standing, read_if_due


@require_safe
@in_team(Act.MANAGE_WEBHOOKS)
def index(request: TeamRequest) -> HttpResponse:
    """All endpoints of the team, each with its state here and at Rivya."""
    mine = Endpoint.objects.filter(team=request.team)
    context = {
        "standings": [Standing(endpoint) for endpoint in mine.kept().select_related("account", "key")],
        "deleted": list(mine.logged_after_deletion()),
        "obstacle": obstacle(),
        "has_keys": fit_keys(request.team.pk).exists(),
    }
    return render(request, "webhooks/index.html", context)


@require_http_methods(["GET", "POST"])
@in_team(Act.MANAGE_WEBHOOKS)
def new(request: TeamRequest) -> HttpResponse:
    """Register an endpoint at Rivya."""
    form = EndpointForm(request.POST if request.method == "POST" else None, team=request.team)
    if form.is_valid():
        given = form.cleaned_data
        try:
            wish = Wish(given["name"], given["key"], given["scheme"], given["submission"])
            endpoint = registering.register(wish, request.user, request=request)
        except (Unfinished, SentBefore) as left:
            messages.warning(request, str(left))
            return redirect("webhooks:index")
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            messages.success(request, f"{endpoint} is registered. Send a test to see it arrive.")
            return redirect(endpoint)
    context = {"form": form, "obstacle": obstacle(), "has_keys": fit_keys(request.team.pk).exists()}
    return render(request, "webhooks/new.html", context, status=422 if form.is_bound else 200)


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One endpoint: how it stands, what can be done with it, and everything that knocked. Deleted: what knocked."""
    endpoint, entered = kept_or_deleted(request, pk)
    filters = chosen(request)
    page = page_of(endpoint, filters, keyset.cursor_of(request))
    context = {
        "standing": Standing(endpoint),
        "endpoint": endpoint,
        "lines": lines(page.rows),
        "links": keyset.links(request, page),
        "filters": filters,
    }
    return render(entered, "webhooks/show.htmx.html" if _is_following(entered) else "webhooks/show.html", context)


@require_GET
def standing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The card of an endpoint, or the parts of its page that tell of Rivya, with what Rivya says of it now."""
    is_part = request.GET.get("part") == "rivya"
    endpoint, entered = kept_or_deleted(request, pk)  # what is open follows an endpoint to its deletion
    context = {"standing": Standing(endpoint, read_if_due(endpoint)), "is_fresh": True}
    return render(entered, "webhooks/standing.htmx.html" if is_part else "webhooks/_card.html", context)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rename it, or read its signatures in the other scheme."""
    endpoint, entered = managed(request, pk)
    now = {"name": endpoint.name, "scheme": endpoint.scheme}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            changing.rename(endpoint, person=entered.user, request=request, **form.cleaned_data)
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            messages.success(request, "Saved.")
            return redirect(endpoint)
    return _form_page(entered, "webhooks/settings.html", endpoint, form)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask by naming it, then delete it at Rivya and here."""
    endpoint, entered = managed(request, pk)
    form = DeleteForm(request.POST if request.method == "POST" else None, endpoint=endpoint)
    if form.is_valid():
        try:
            is_asked = deleting.delete(endpoint, entered.user, request=request)
        except Unfinished as unfinished:
            form.add_error(None, f"{unfinished} Rivya may have removed it already: delete it once more.")
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            left = "" if is_asked else " No key could ask Rivya, so it may still be listed there."
            messages.success(request, f"{endpoint} is deleted.{left}")
            return redirect("webhooks:index")
    return _form_page(entered, "webhooks/deletion.html", endpoint, form)


@require_http_methods(["GET", "POST"])
def turn_secret(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what a rotation means, then rotate."""
    endpoint, entered = managed(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            changing.rotate(endpoint, entered.user, request=request)
        except Unfinished as unfinished:
            form.add_error(None, f"{unfinished} Rivya may have a new secret already: rotate once more.")
        except Declined as declined:
            form.add_error(None, str(declined))
        else:
            messages.success(request, "Rivya signs with a new secret. The old one is believed for an hour more.")
            return redirect(endpoint)
    return _form_page(entered, "webhooks/rotation.html", endpoint, form)


def _is_following(request: TeamRequest) -> bool:
    """Whether an open page asks what has knocked meanwhile."""
    return bool(request.htmx) and request.headers.get("HX-Target", "").endswith("endpoint-log")


def _form_page(request: HttpRequest, template: str, endpoint: Endpoint, form: forms.Form) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"endpoint": endpoint, "form": form}, status=status)

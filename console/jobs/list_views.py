"""The team's jobs as a gallery or a table, and single cards and rows that keep themselves fresh."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from console.catalogue.models import CatalogueModel
from console.jobs.filters import FilterForm, read_jobs
from console.jobs.presenting import Card, cards, listed_jobs
from console.keys.models import Key
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, enter, in_team, may
from console.teams.models import Membership
from console.ui.keyset import cursor_of, links, query_without

VIEWS = ("gallery", "table")
PAGE_SIZE = 48
OF_A_KEY = 20
OF_A_PROJECT = 12
_VIEW_COOKIE = "jobs_view"
_YEAR_SECONDS = 365 * 86400


@require_safe
@in_team()
def index(request: TeamRequest) -> HttpResponse:
    """GET `/jobs/`: filters, view and place all stand in the address; the view is remembered by the browser."""
    form = filter_form(request)
    wish = form.wish
    page = read_jobs(listed_jobs(), request.membership, wish, cursor_of(request), PAGE_SIZE)
    context = {
        "form": form,
        "wish": wish,
        "view": _view(request),
        "cards": cards(request.team.pk, page.rows),
        "links": links(request, page),
        "is_first_page": page.newer is None,
        "project": next((each for each in form.projects if each.pk == wish.project), None),
        "my_projects": [project for project in form.projects if project.archived_at is None],
        "query": query_without(request, "page", "view"),
        **_may(request),
    }
    answer = render(request, "jobs/index.htmx.html" if _wants_list(request) else "jobs/index.html", context)
    if _wants_list(request):
        answer["HX-Push-Url"] = f"{request.path}?{query_without(request)}".removesuffix("?")
    if request.GET.get("view") in VIEWS:  # a cookie: the session would be a write
        answer.set_cookie(
            _VIEW_COOKIE,
            context["view"],
            max_age=_YEAR_SECONDS,
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
    return answer


@require_safe
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/card/`: one card of the gallery."""
    return _one(request, pk, "jobs/_card.html")


@require_safe
def row(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/jobs/<id>/row/`: one row of the table."""
    return _one(request, pk, "jobs/_row.html")


@require_safe
def latest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/projects/<id>/latest/`: a project's newest jobs, for the page of projects."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, project.team)
    newest = listed_jobs().filter(team=project.team, project=project).order_by("-created_at", "-id")[:OF_A_PROJECT]
    context = {"project": project, "cards": cards(project.team_id, newest), **_may(entered)}
    return render(entered, "jobs/_latest.html", context)


@require_safe
def using_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/keys/<id>/jobs/`: the open jobs sent with a key, or with one `secret` of it; `short` counts them."""
    key = get_object_or_404(Key.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, key.team)
    secrets = [secret for secret in key.secrets.all() if request.GET.get("secret", str(secret.pk)) == str(secret.pk)]
    sent = listed_jobs().filter(within(entered.membership), team=key.team, key=key, secret__in=secrets)
    using = list(sent.open().order_by("-created_at", "-id")[: OF_A_KEY + 1])
    context = {"key": key, "jobs": using[:OF_A_KEY], "has_more": len(using) > OF_A_KEY}
    return render(entered, "jobs/_using_key.html", context)


def filter_form(request: TeamRequest) -> FilterForm:
    """The filters of the address, with the team's own choices."""
    return FilterForm(
        request.GET,
        projects=list(Project.objects.seen_by(request.membership)),
        people=list(Membership.objects.filter(team=request.team).select_related("user").order_by("user__name")),
        keys=list(Key.objects.filter(team=request.team)) if request.GET.get("key") else [],  # asked for by usage only
        models=list(CatalogueModel.objects.exclude(category="chat").only("id", "display_name")),
    )


def _one(request: HttpRequest, pk: UUID, template: str) -> HttpResponse:
    job = get_object_or_404(
        listed_jobs().visible_to(request.user).select_related("team", "created_by", "project"), pk=pk
    )
    entered = enter(request, job.team)
    shown: Card = cards(job.team_id, [job])[0]
    return render(entered, template, {"card": shown, **_may(entered)})


def _may(request: TeamRequest) -> dict[str, Any]:
    return {"may_submit": may(request.membership.role, Act.SUBMIT)}


def _view(request: TeamRequest) -> str:
    """The view asked for, else the one chosen last in this browser."""
    chosen = request.GET.get("view") or request.COOKIES.get(_VIEW_COOKIE, "")
    return chosen if chosen in VIEWS else VIEWS[0]


def _wants_list(request: TeamRequest) -> bool:
    return bool(request.htmx) and request.headers.get("HX-Target", "").endswith("jobs-list")

"""Where the staff give a reason, and close again what they opened."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.support.forms import ReasonForm
from console.support.models import Opening
from console.support.opening import end, open_team
from console.support.rendering import page
from console.teams.models import Membership, Team
from console.teams.proof import proven

MOST_SHOWN = 100


@require_http_methods(["GET", "POST"])
def collection(request: HttpRequest) -> HttpResponseBase:
    """`/admin/openings/`: GET lists one's own, POST makes one."""
    return _create(request) if request.method == "POST" else _index(request)


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """GET `/admin/openings/new/?team=…&next=…`: the form."""
    return _form(request, _team(request.GET.get("team", "")), request.GET.get("next", ""), ReasonForm())


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/admin/openings/<id>/end/`: one's own."""
    mine = Opening.objects.filter(staff=request.user).select_related("team", "staff")  # type: ignore[misc]
    opening = get_object_or_404(mine, pk=pk)
    if end(opening, request.user, request):  # type: ignore[arg-type]
        messages.success(request, f"{opening.team} is closed to you again.")
    return redirect("admin:openings")


def ask_reason(request: HttpRequest, team: Team) -> HttpResponse:
    """Instead of a page with content: where a reason is typed, and then the page."""
    query = urlencode({"team": str(team.pk), "next": request.get_full_path()})
    return redirect(f"{reverse('admin:open')}?{query}")


def _index(request: HttpRequest) -> HttpResponse:
    mine = Opening.objects.filter(staff=request.user).select_related("team", "ended_by")  # type: ignore[misc]
    openings = list(mine[:MOST_SHOWN])
    teams = [opening.team_id for opening in openings if opening.is_open]
    people = Membership.objects.active().filter(team__in=teams).select_related("user")
    members: dict[UUID, list[Membership]] = {}
    for member in people.order_by("user__email"):
        members.setdefault(member.team_id, []).append(member)
    shown = [(opening, members.get(opening.team_id, [])) for opening in openings if opening.is_open]
    past = [opening for opening in openings if not opening.is_open]
    return page(request, "support/openings.html", {"title": "Opened teams", "shown": shown, "past": past})


@proven
def _create(request: HttpRequest) -> HttpResponse:
    team, form = _team(request.POST.get("team", "")), ReasonForm(request.POST)
    if not form.is_valid():
        return _form(request, team, request.POST.get("next", ""), form, status=422)
    open_team(team, request.user, form.cleaned_data["reason"], request)  # type: ignore[arg-type]
    messages.success(request, f"{team} is open to you for 30 minutes. Its owners and admins know.")
    return redirect(_safe(request, request.POST.get("next", "")) or "admin:openings")


def _form(request: HttpRequest, team: Team, after: str, form: ReasonForm, status: int = 200) -> HttpResponse:
    context = {"title": f"Open {team}", "team": team, "next": _safe(request, after), "form": form}
    return page(request, "support/open.html", context, status)


def _team(name: str) -> Team:
    try:
        return get_object_or_404(Team, pk=UUID(name))
    except ValueError:
        return get_object_or_404(Team.objects.none())


def _safe(request: HttpRequest, address: str) -> str:
    """The address, if it is one of this console."""
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if is_ours and address.startswith("/") else ""

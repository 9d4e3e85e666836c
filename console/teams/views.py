"""The pages of a team: who is in it, and which one is shown."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.audit.recording import record
from console.teams.access import SESSION_TEAM, Act, TeamRequest, current_membership, enter, in_team
from console.teams.forms import RoleForm, is_last_owner
from console.teams.models import Membership, Role, Team


@require_GET
@in_team()
def people(request: TeamRequest) -> HttpResponse:
    """Everyone in the team, with their role."""
    return _people(request)


@require_POST
def switch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show another of my teams."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    request.session[SESSION_TEAM] = str(team.pk)
    return redirect("home")


@require_POST
def change_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a member another role."""
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
        form = RoleForm(request.POST, mine=asker.membership, theirs=theirs)
        if not form.is_valid():
            return _people(asker, problem=str(form.errors["role"][0]), status=422)
        before, theirs.role = theirs.role, form.cleaned_data["role"]
        theirs.save(update_fields=["role"])
        _record(asker, "member.role_changed", theirs, before={"role": before}, after={"role": theirs.role})
    messages.success(request, f"{theirs.user.display_name} is now {theirs.get_role_display().lower()}.")
    return redirect("teams:people")


@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a member out of the team, or leave it oneself. What they made stays."""
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        is_me = theirs.user_id == request.user.pk
        asker = enter(request, theirs.team, Act.VIEW if is_me else Act.MANAGE_PEOPLE)
        if is_last_owner(theirs):
            return _people(asker, problem="A team keeps at least one owner.", status=422)
        if theirs.role == Role.OWNER and asker.membership.role != Role.OWNER:
            return _people(asker, problem="Only an owner removes an owner.", status=422)
        _record(asker, "member.left" if is_me else "member.removed", theirs, before={"role": theirs.role}, after={})
        theirs.delete()
    messages.success(
        request, f"You left {theirs.team}." if is_me else f"{theirs.user.display_name} is no longer in the team."
    )
    return redirect("home" if is_me else "teams:people")


@require_GET
def none(request: HttpRequest) -> HttpResponse:
    """For a person who is in no team."""
    if current_membership(request):
        return redirect("home")
    return render(request, "teams/none.html")


def _people(request: TeamRequest, problem: str = "", status: int = 200) -> HttpResponse:
    members = Membership.objects.filter(team=request.team).select_related("user")
    context = {"members": members, "roles": Role.choices, "problem": problem, "people_url": reverse("teams:people")}
    return render(request, "teams/people.html", context, status=status)


def _found(request: HttpRequest, pk: UUID) -> Membership:
    mine = Team.objects.visible_to(request.user)
    return get_object_or_404(Membership.objects.filter(team__in=mine).select_related("user", "team"), pk=pk)


def _held(found: Membership) -> Membership:
    """The membership as it is once its team is locked: two owners must not step down at once. Gone meanwhile: 404."""
    team = get_object_or_404(Team.objects.select_for_update(), pk=found.team_id)
    return get_object_or_404(Membership.objects.select_related("user", "team"), pk=found.pk, team=team)


def _record(asker: TeamRequest, act: str, theirs: Membership, *, before: dict[str, str], after: dict[str, str]) -> None:
    record(act, theirs, team_id=theirs.team_id, actor=asker.user, before=before, after=after, request=asker)

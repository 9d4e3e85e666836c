"""What may be done to a member: another role, the ownership, a rest from the team, the way out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from console.audit.recording import record
from console.teams import people_page
from console.teams.access import Act, TeamRequest, enter
from console.teams.forms import RoleForm, is_last_owner
from console.teams.leaving import close_doors
from console.teams.models import Membership, Role, Team

ONE_OWNER = "A team keeps at least one owner."


@require_POST
def change_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a member another role."""
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
        form = RoleForm(request.POST, mine=asker.membership, theirs=theirs)
        if not form.is_valid():
            return people_page.show(asker, problem=str(form.errors["role"][0]), status=422)
        before, theirs.role = theirs.role, form.cleaned_data["role"]
        theirs.save(update_fields=["role"])
        _record(asker, "member.role_changed", theirs, before={"role": before}, after={"role": theirs.role})
        close_doors(theirs, asker)
    messages.success(request, f"{theirs.user.display_name} is now {theirs.get_role_display().lower()}.")
    query = request.GET.urlencode()
    return redirect(f"{reverse('teams:people')}?{query}" if query else "teams:people")


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then make another member the owner, and oneself an admin, in one step."""
    if request.method != "POST":
        return _ask_to_transfer(request, pk)
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
        mine = asker.membership
        if problem := _against_transfer(mine, theirs):
            return people_page.show(asker, problem=problem, status=422)
        before = {theirs.user.email: theirs.role, mine.user.email: mine.role}
        theirs.role, mine.role = Role.OWNER, Role.ADMIN
        theirs.save(update_fields=["role"])
        mine.save(update_fields=["role"])
        after = {theirs.user.email: theirs.role, mine.user.email: mine.role}
        _record(asker, "team.ownership_transferred", theirs, before=before, after=after)
        close_doors(mine, asker)
    messages.success(request, f"{theirs.user.display_name} owns {theirs.team} now; you are an admin.")
    return redirect("teams:people")


@require_POST
def suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a member out until somebody lets them in again. What they made, and their role, stay."""
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
        if problem := _against_parting(asker.membership, theirs, "suspends"):
            return people_page.show(asker, problem=problem, status=422)
        if theirs.pk == asker.membership.pk:
            return people_page.show(asker, problem="Nobody suspends themselves; you may leave.", status=422)
        if Membership.objects.filter(pk=theirs.pk, suspended_at=None).update(
            suspended_at=timezone.now(), suspended_by=asker.user
        ):
            _record(asker, "member.suspended", theirs, before={"suspended": False}, after={"suspended": True})
            close_doors(theirs, asker, is_out=True)
    messages.success(request, f"{theirs.user.display_name} is suspended.")
    return redirect("teams:people")


@require_POST
def reinstate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a suspended member in again."""
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
        if theirs.role == Role.OWNER != asker.membership.role:
            return people_page.show(asker, problem="Only an owner reinstates an owner.", status=422)
        was_out = Membership.objects.filter(pk=theirs.pk, suspended_at__isnull=False)
        if was_out.update(suspended_at=None, suspended_by=None):
            _record(asker, "member.reinstated", theirs, before={"suspended": True}, after={"suspended": False})
    messages.success(request, f"{theirs.user.display_name} is in the team again.")
    return redirect("teams:people")


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then take a member out of the team, or leave it oneself. What they made stays."""
    if request.method != "POST":
        return _ask_to_part(request, pk)
    with transaction.atomic():
        theirs = _held(_found(request, pk))
        is_me = theirs.user_id == request.user.pk
        asker = enter(request, theirs.team, Act.VIEW if is_me else Act.MANAGE_PEOPLE)
        if problem := _against_parting(asker.membership, theirs, "removes"):
            return people_page.show(asker, problem=problem, status=422)
        _record(asker, "member.left" if is_me else "member.removed", theirs, before={"role": theirs.role}, after={})
        close_doors(theirs, asker, is_out=True)
        theirs.delete()
    messages.success(
        request, f"You left {theirs.team}." if is_me else f"{theirs.user.display_name} is no longer in the team."
    )
    return redirect("home" if is_me else "teams:people")


def _ask_to_transfer(request: HttpRequest, pk: UUID) -> HttpResponse:
    theirs = _found(request, pk)
    asker = enter(request, theirs.team, Act.MANAGE_PEOPLE)
    if problem := _against_transfer(asker.membership, theirs):
        return people_page.show(asker, problem=problem, status=422)
    return render(asker, "teams/transfer.html", {"member": theirs})


def _ask_to_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    theirs = _found(request, pk)
    is_me = theirs.user_id == request.user.pk
    asker = enter(request, theirs.team, Act.VIEW if is_me else Act.MANAGE_PEOPLE)
    if problem := _against_parting(asker.membership, theirs, "removes"):
        return people_page.show(asker, problem=problem, status=422)
    return render(asker, "teams/removal.html", {"member": theirs, "is_me": is_me})


def _against_parting(mine: Membership, theirs: Membership, does: str) -> str:
    if is_last_owner(theirs):
        return ONE_OWNER
    if theirs.role == Role.OWNER != mine.role:
        return f"Only an owner {does} an owner."
    return ""


def _against_transfer(mine: Membership, theirs: Membership) -> str:
    if mine.role != Role.OWNER:
        return "Only an owner transfers the ownership."
    if mine.pk == theirs.pk or theirs.role == Role.OWNER:
        return f"{theirs.user.display_name} is an owner already."
    if theirs.suspended_at or not theirs.user.is_active:
        return f"{theirs.user.display_name} is suspended: a team's owner must be able to enter it."
    return ""


def _found(request: HttpRequest, pk: UUID) -> Membership:
    mine = Team.objects.visible_to(request.user)
    return get_object_or_404(Membership.objects.filter(team__in=mine).select_related("user", "team"), pk=pk)


def _held(found: Membership) -> Membership:
    """The membership as it is once its team is locked: two owners must not step down at once. Gone meanwhile: 404."""
    team = get_object_or_404(Team.objects.select_for_update(), pk=found.team_id)
    return get_object_or_404(Membership.objects.select_related("user", "team"), pk=found.pk, team=team)


def _record(asker: TeamRequest, act: str, theirs: Membership, **facts: dict[str, Any]) -> None:
    record(act, theirs, team_id=theirs.team_id, actor=asker.user, request=asker, **facts)

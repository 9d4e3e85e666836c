"""The page of everybody in a team, which every act on it answers with."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console.teams.access import TeamRequest
from console.teams.domains import allows
from console.teams.inviting import MAY_INVITE
from console.teams.models import Invitation, Membership, Role

MANY: Final = 12  # people; from here on they can be searched
LONGEST_SEARCH: Final = 200  # characters


def show(request: TeamRequest, problem: str = "", status: int = 200) -> HttpResponse:
    """Members, and for those who manage people the invitations that are open.

    `q`, `role` in the address choose among the members; a change of role keeps them.
    """
    everybody = Membership.objects.filter(team=request.team)
    chosen = {name: request.GET.get(name, "").strip()[:LONGEST_SEARCH] for name in ("q", "role")}
    members = everybody.select_related("user", "suspended_by")
    may_manage = request.membership.role in (Role.OWNER, Role.ADMIN)
    if may_manage:  # the names of projects are not for everybody who reads this page
        members = members.prefetch_related("project_members__project")
    invitations = Invitation.objects.filter(team=request.team).unanswered().select_related("made_by")
    open_ones = list(invitations) if may_manage else []
    context: dict[str, Any] = {
        "members": _chosen(members, **chosen),
        "is_chosen": any(chosen.values()),
        "is_many": everybody.count() > MANY,
        "chosen": chosen,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "every_role": Role.choices,
        "invitations": open_ones,
        "shut_out": [each.pk for each in open_ones if not allows(request.team, each.email)],
        "roles": [(role, role.label) for role in Role if role in MAY_INVITE.get(Role(request.membership.role), ())],
        "mine": request.membership,
        "problem": problem,
        "people_url": reverse("teams:people"),
    }
    return render(request, "teams/people.html", context, status=status)


def _chosen(members: Iterable[Membership], q: str, role: str) -> list[Membership]:
    """Here and not in the database: SQLite knows capitals of ASCII only."""
    words = q.casefold().split()
    return [
        each
        for each in members
        if all(word in f"{each.user.name} {each.user.email}".casefold() for word in words)
        and (role not in Role or each.role == role)
    ]

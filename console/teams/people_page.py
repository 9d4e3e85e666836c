"""The page of everybody in a team, which every act on it answers with."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console.teams.access import TeamRequest
from console.teams.inviting import MAY_INVITE
from console.teams.models import Invitation, Membership, Role

MANY: Final = 12  # people; from here on they can be searched
LONGEST_SEARCH: Final = 200  # characters


def show(request: TeamRequest, problem: str = "", status: int = 200) -> HttpResponse:
    """Members, and for those who manage people the invitations that are open.

    `q`, `role` in the address of the page choose among the members; an act is answered with all of them.
    """
    everybody = Membership.objects.filter(team=request.team)
    chosen = {name: request.GET.get(name, "").strip()[:LONGEST_SEARCH] for name in ("q", "role")}
    members = _chosen(everybody, **chosen).select_related("user", "suspended_by")
    may_manage = request.membership.role in (Role.OWNER, Role.ADMIN)
    if may_manage:  # the names of projects are not for everybody who reads this page
        members = members.prefetch_related("project_members__project")
    open_ones = Invitation.objects.filter(team=request.team).unanswered().select_related("made_by")
    context: dict[str, Any] = {
        "members": members,
        "is_chosen": any(chosen.values()),
        "is_many": everybody.count() > MANY,
        "chosen": chosen,
        "every_role": Role.choices,
        "invitations": open_ones if may_manage else [],
        "roles": [(role, role.label) for role in Role if role in MAY_INVITE.get(Role(request.membership.role), ())],
        "mine": request.membership,
        "problem": problem,
        "people_url": reverse("teams:people"),
    }
    return render(request, "teams/people.html", context, status=status)


def _chosen(members: QuerySet[Membership], q: str, role: str) -> QuerySet[Membership]:
    for word in q.replace("\0", "").split():  # PostgreSQL takes no NUL
        members = members.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return members.filter(role=role) if role in Role else members

"""The page of everybody in a team, which every act on it answers with."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console.teams.access import TeamRequest
from console.teams.inviting import MAY_INVITE
from console.teams.models import Invitation, Membership, Role


def show(request: TeamRequest, problem: str = "", status: int = 200) -> HttpResponse:
    """Members, and for those who manage people the invitations that are open."""
    members = Membership.objects.filter(team=request.team).select_related("user", "suspended_by")
    may_manage = request.membership.role in (Role.OWNER, Role.ADMIN)
    if may_manage:  # the names of projects are not for everybody who reads this page
        members = members.prefetch_related("project_members__project")
    open_ones = Invitation.objects.filter(team=request.team).unanswered().select_related("made_by")
    context: dict[str, Any] = {
        "members": members,
        "invitations": open_ones if may_manage else [],
        "roles": [(role, role.label) for role in Role if role in MAY_INVITE.get(Role(request.membership.role), ())],
        "mine": request.membership,
        "problem": problem,
        "people_url": reverse("teams:people"),
    }
    return render(request, "teams/people.html", context, status=status)

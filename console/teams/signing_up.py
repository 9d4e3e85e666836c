"""Who may make an account, and what a new one begins with: one rule for passwords and for identity servers alike."""

from django.conf import settings
from django.http import HttpRequest

from console.audit.recording import record
from console.teams.inviting import followed
from console.teams.models import Membership, Role, Team, User


def may_sign_up(request: HttpRequest, email: str = "") -> bool:
    """Whether sign-up is open, or this browser followed an invitation, which then must be to this address."""
    if settings.SIGNUP == "open":
        return True
    invitation = followed(request)
    return invitation is not None and email.lower() in {"", invitation.email}


def settle(request: HttpRequest, newcomer: User, team_name: str = "") -> None:
    """Write the line of a new account and, unless an invitation leads to a team, make one of their own.

    Inside the transaction that makes the account.
    """
    invitation = followed(request)
    how = "an invitation" if invitation and invitation.email == newcomer.email else "sign-up"
    told = {"email": newcomer.email, "name": newcomer.name, "by": how}
    record("person.created", newcomer, team_id=None, actor=newcomer, after=told, request=request)
    if how == "sign-up":
        _make_team(request, newcomer, team_name.strip() or f"{newcomer.display_name[:70]}'s team")


def _make_team(request: HttpRequest, owner: User, name: str) -> Team:
    team = Team.objects.create(name=name)
    theirs = Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    told = {"name": team.name, "time_zone": team.time_zone}
    record("team.created", team, team_id=team.pk, actor=owner, after=told, request=request)
    record("member.added", theirs, team_id=team.pk, actor=owner, after={"role": theirs.role}, request=request)
    return team

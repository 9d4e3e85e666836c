"""Who may make an account, and what a new one begins with: one rule for passwords and for identity servers alike."""

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import record
from console.teams.inviting import followed
from console.teams.models import Membership, Role, Team, User
from console.ui.one_line import NameField


class TeamNameForm(forms.ModelForm[Team]):
    """What a new team is called; left empty, it is called after its owner."""

    class Meta:
        model = Team
        fields = ["name"]
        field_classes = {"name": NameField}
        labels = {"name": "Name of your team"}
        help_texts = {"name": "You will be its owner. The name can be changed later."}

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["name"].required = False
        self.fields["name"].widget.attrs["autocomplete"] = "organization"


def may_sign_up(request: HttpRequest, email: str = "") -> bool:
    """Whether sign-up is open, or this browser followed an invitation, which then must be to this address."""
    if may_begin_team():
        return True
    invitation = followed(request)
    return invitation is not None and email.lower() in {"", invitation.email}


def may_begin_team() -> bool:
    """Whether anybody makes a team of their own on this console: with a new account, or when they are in none."""
    return bool(settings.SIGNUP == "open")


def settle(request: HttpRequest, newcomer: User, team_name: str = "") -> None:
    """Write the line of a new account and, unless an invitation leads to a team, make one of their own.

    Inside the transaction that makes the account.
    """
    invitation = followed(request)
    how = "an invitation" if invitation and invitation.email == newcomer.email else "sign-up"
    told = {"email": newcomer.email, "name": newcomer.name, "by": how}
    record("person.created", newcomer, team_id=None, actor=newcomer, after=told, request=request)
    if how == "sign-up":
        begin_team(newcomer, team_name, request=request)


def begin_own_team(person: User, name: str, request: HttpRequest) -> bool:
    """A team of one's own for who is in none; False when they are in one. However often it is asked at once: one."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if Membership.objects.active().filter(user=person).exists():
            return False
        begin_team(person, name, request=request)
    return True


def begin_team(owner: User, name: str = "", *, request: HttpRequest | None = None) -> Team:
    """A team of their own, which the guide on Home leads on from. Inside the transaction of what it follows from."""
    name = name.strip() or f"{owner.display_name[:70]}'s team"
    team = Team.objects.create(name=name)
    theirs = Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    told = {"name": team.name, "time_zone": team.time_zone}
    record("team.created", team, team_id=team.pk, actor=owner, after=told, request=request)
    record("member.added", theirs, team_id=team.pk, actor=owner, after={"role": theirs.role}, request=request)
    return team

"""Whom somebody invites, to what."""

import re
from typing import Any, Final

from django import forms
from django.core.validators import validate_email

from console.projects.models import Project
from console.teams import account_mails, domains
from console.teams.inviting import MAY_INVITE, Wish
from console.teams.models import Invitation, Membership, Role

MOST_AT_ONCE: Final = 20
_BETWEEN = re.compile(r"[\s,;]+")
# Owners and admins look after all projects; the others may be given some.
_LIMITED: Final = frozenset({Role.MEMBER, Role.VIEWER})
WORDS: Final = {
    Role.OWNER: "Everything, and who owns the team",
    Role.ADMIN: "Keys, projects, budgets and people",
    Role.MEMBER: "Makes jobs and chats",
    Role.VIEWER: "Looks, changes nothing",
}


class InviteForm(forms.Form):
    """Addresses, one role, and for members and viewers the projects. All of them are invited, or none."""

    addresses = forms.CharField(
        label="Email addresses",
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=f"One or several, up to {MOST_AT_ONCE}. Each gets a link that works once, for seven days.",
    )
    role = forms.ChoiceField(initial=Role.MEMBER)
    projects = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any = None, *, mine: Membership) -> None:
        super().__init__(data)
        self._mine = mine
        allowed = MAY_INVITE.get(Role(mine.role), frozenset())
        self.roles = [(role, role.label, WORDS[role]) for role in Role if role in allowed]
        open_ones = Project.objects.filter(team=mine.team_id).visible_to(mine.user).open()
        self.open_projects = [(str(project.pk), project.name, project.purpose) for project in open_ones]
        self.fields["role"] = forms.ChoiceField(choices=[each[:2] for each in self.roles], initial=Role.MEMBER)
        self.fields["projects"] = forms.MultipleChoiceField(
            choices=[each[:2] for each in self.open_projects], required=False
        )

    def clean_addresses(self) -> list[str]:
        given = [each.lower() for each in _BETWEEN.split(self.cleaned_data["addresses"].strip()) if each]
        addresses = list(dict.fromkeys(given))
        if len(addresses) > MOST_AT_ONCE:
            raise forms.ValidationError(f"At most {MOST_AT_ONCE} at once; these are {len(addresses)}.")
        for address in addresses:
            if problem := self._against(address):
                raise forms.ValidationError(problem)
        return addresses

    @property
    def wish(self) -> Wish:
        """What those who join are given."""
        role = self.cleaned_data["role"]
        return Wish(role, tuple(self.cleaned_data["projects"]) if role in _LIMITED else ())

    def _against(self, address: str) -> str:
        if not _is_address(address):
            return f"{address[:80]} is not an email address."
        if len(address) > 254:
            return f"{address[:80]}… is too long for an email address."
        team = self._mine.team
        known = Membership.objects.filter(team=team, user__email=address).first()
        if known:
            return (
                f"{address} is {'suspended: reinstate them instead' if known.suspended_at else 'in the team already'}."
            )
        if not domains.allows(team, address):
            return f"{team} lets in addresses of certain domains only; {address} is of none of them."
        theirs = Invitation.objects.unanswered().filter(team=team, email=address, role=Role.OWNER)
        if self._mine.role != Role.OWNER and theirs.exists():
            return f"An owner invited {address} as an owner; only an owner changes that."
        return ""


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except forms.ValidationError:
        return False
    return account_mails.can_be_mailed(text)

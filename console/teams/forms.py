"""What may be changed about a member."""

from django import forms

from console.teams.models import Membership, Role


class RoleForm(forms.Form):
    """A new role for one member. Nobody grants more than they have, and the last owner stays."""

    role = forms.ChoiceField(choices=Role.choices)

    def __init__(self, data: object, *, mine: Membership, theirs: Membership) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._mine, self._theirs = mine, theirs

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if Role.OWNER in {role, self._theirs.role} and self._mine.role != Role.OWNER:
            raise forms.ValidationError("Only an owner makes or changes an owner.")
        if self._theirs.role == Role.OWNER != role and is_last_owner(self._theirs):
            raise forms.ValidationError("A team keeps at least one owner.")
        return role


def is_last_owner(membership: Membership) -> bool:
    """Whether the team would be without an owner if this one left."""
    owners = Membership.objects.active().filter(team_id=membership.team_id, role=Role.OWNER)
    return membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists()

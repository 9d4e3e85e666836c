"""For how many days a project keeps what it made, and the name that is typed before a team goes."""

from typing import Any

from django import forms

from console.retention.keeping import Days
from console.teams.models import Team
from console.ui.one_line import folded

LONGEST_DAYS = 3650


def _days(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        label=label,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"placeholder": "for ever", "inputmode": "numeric"}),
    )


class DaysForm(forms.Form):
    """Empty means for ever. `seen` names the days whose preview the person has read."""

    results = _days("Keep results for", "Days after a job ended. Then its files go; prompt, timeline and cost stay.")
    chats = _days("Keep chats for", "Days after the last question. Then what was said goes; tokens and credits stay.")
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    @property
    def days(self) -> Days:
        """What was asked for; call it once the form is valid."""
        return Days(self.cleaned_data["results"], self.cleaned_data["chats"])

    @property
    def is_seen(self) -> bool:
        """Whether the person has read what these very days would remove."""
        return bool(self.cleaned_data["seen"] == self.days.mark)


class RemovalForm(forms.Form):
    """The team's name, typed."""

    name = forms.CharField(max_length=200, strip=True)

    def __init__(self, data: Any = None, *, team: Team) -> None:
        super().__init__(data)
        self._team = team

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if folded(name) != folded(self._team.name):
            raise forms.ValidationError(f"Type {self._team.name} to remove it.")
        return name

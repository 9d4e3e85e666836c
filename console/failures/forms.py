"""What people write on the desk."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from console.failures.caring import Until
from console.failures.models import carers
from console.teams.models import Team
from console.ui.one_line import NameField
from console.ui.visible import legible

MOST_YEARS = 5


class NoteForm(forms.Form):
    """What somebody found out."""

    text = forms.CharField(
        label="Note", max_length=4000, validators=[legible], widget=forms.Textarea(attrs={"rows": 3})
    )


class ResolutionForm(forms.Form):
    """What was done about it."""

    text = forms.CharField(
        label="What mended it",
        required=False,
        max_length=1000,
        validators=[legible],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It comes back by itself when it fails again.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="resolution_%s")  # the note on the same page has a `text` as well


class AssignmentForm(forms.Form):
    """Who looks after it."""

    person = forms.ChoiceField(label="Who looks after it", required=False)

    def __init__(self, team: Team, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        members = carers().filter(team=team).select_related("user")
        self.members = {str(each.user_id): each.user for each in members.order_by("user__name")}
        choices = [("", "Nobody"), *((pk, user.display_name) for pk, user in self.members.items())]
        self.fields["person"] = forms.ChoiceField(label="Who looks after it", required=False, choices=choices)

    @property
    def chosen(self) -> Any:
        """The member, or None for nobody."""
        return self.members.get(self.cleaned_data["person"])


class IgnoringForm(forms.Form):
    """What ends the ignoring: a day, a number of failures, or a rate; exactly one."""

    until = forms.DateField(
        label="Until the day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    more = forms.IntegerField(
        label="Until it fails this many more times", required=False, min_value=1, max_value=1_000_000
    )
    a_day = forms.IntegerField(
        label="Until it fails more often than this in a day", required=False, min_value=1, max_value=100_000
    )

    def __init__(self, team: Team, data: Any = None) -> None:
        super().__init__(data)
        self.zone = ZoneInfo(team.time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and sum(cleaned.get(name) is not None for name in ("until", "more", "a_day")) != 1:
            self.add_error(None, "Fill in one of the three: a day, a number of failures, or a rate.")
        return cleaned

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        today = timezone.localdate(timezone=self.zone)
        if day is not None and not today < day <= today + timedelta(days=366 * MOST_YEARS):
            raise forms.ValidationError("Choose a day after today, within five years.")
        return day

    def limit(self) -> Until:
        """What was chosen, once the form is valid."""
        told, day = self.cleaned_data, self.cleaned_data["until"]
        moment = datetime.combine(day, time.min, self.zone) if day else None
        return Until(moment, told["more"], told["a_day"])


class SavedViewForm(forms.Form):
    """A name for the filters that are set."""

    name = NameField(label="Name of the view", max_length=60)
    query = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)

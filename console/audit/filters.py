"""The filters of the log, as they stand in the address. What makes no sense is left out, never an error."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from console.audit.choices import Choices
from console.audit.reading import Wish
from console.audit.words import NOBODY

_REASONABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SEARCH = forms.SearchInput(
    attrs={"placeholder": "Name, id, address or request", "title": "Words of names, ids, addresses, request ids"}
)


class FilterForm(forms.Form):
    """`team` is for support alone: a team's own page never takes it from the address."""

    q = forms.CharField(required=False, max_length=200, label="Search", widget=_SEARCH)
    team = forms.UUIDField(required=False)
    person = forms.ChoiceField(required=False)
    act = forms.ChoiceField(required=False, label="Act")
    kind = forms.ChoiceField(required=False, label="Kind of object")
    object = forms.CharField(required=False, max_length=64)
    since = forms.DateField(required=False, label="From", widget=_DAY, validators=_REASONABLE)
    until = forms.DateField(required=False, label="To", widget=_DAY, validators=_REASONABLE)

    def __init__(self, data: Mapping[str, Any], *, people: Choices, acts: Choices, kinds: Choices) -> None:
        super().__init__(data, auto_id="audit_%s")
        self._offer("person", "Anybody", people, _person(data.get("person")))
        self._offer("act", "Any act", acts, data.get("act"))
        self._offer("kind", "Any object", kinds, data.get("kind"))

    def wish(self, *, team: UUID | None, zone: str) -> Wish:
        """What was asked for, without the fields that make no sense."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "team"}
        return Wish(team=team, zone=zone, **given)

    @property
    def wanted_team(self) -> UUID | None:
        """The team that support asks for."""
        self.is_valid()
        team: UUID | None = self.cleaned_data.get("team")
        return team

    def _offer(self, name: str, nothing: str, choices: Choices, given: Any) -> None:
        """Also what the address names and no list has: a person or an act that is found by a link."""
        text = str(given or "")[:64]
        if text and text.isprintable() and text not in dict(choices):
            choices = [*choices, (text, text)]
        self.fields[name] = forms.ChoiceField(required=False, label=name, choices=[("", nothing), *choices])


def _person(given: Any) -> str:
    if given == NOBODY:
        return NOBODY
    try:
        return str(UUID(str(given)))
    except ValueError:
        return ""

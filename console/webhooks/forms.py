"""The shapes of what people say about endpoints."""

from typing import Any
from uuid import uuid4

from django import forms

from console.keys.models import Key
from console.teams.models import Team
from console.ui.one_line import folded
from console.ui.visible import legible
from console.webhooks.asking import fit_keys
from console.webhooks.models import Endpoint


class KeyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A key, told with its account: what rings is every job of that account."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.account.label}"


def _scheme_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Signature scheme",
        choices=Endpoint.Scheme.choices,
        initial=Endpoint.Scheme.TIMESTAMP,
        widget=forms.RadioSelect,
        required=False,
    )


class SettingsForm(forms.Form):
    """What of an endpoint can be changed."""

    name = forms.CharField(max_length=80, validators=[legible], help_text="What people see, here and at Rivya.")
    scheme = _scheme_field()

    def clean_scheme(self) -> str:
        return self.cleaned_data["scheme"] or Endpoint.Scheme.TIMESTAMP

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not name.isprintable():
            raise forms.ValidationError("Use plain text.")
        return name


class EndpointForm(SettingsForm):
    """A new endpoint."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    key = KeyChoice(
        queryset=Key.objects.none(),
        label="Rivya key",
        empty_label=None,
        help_text="Its Rivya account is the one whose finished jobs ring.",
    )
    field_order = ["name", "key", "scheme"]

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys: Any = self.fields["key"]
        keys.queryset = fit_keys(team.pk)


class DeleteForm(forms.Form):
    """Asks by naming the endpoint."""

    name = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, endpoint: Endpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endpoint = endpoint

    def clean_name(self) -> str:
        if folded(self.cleaned_data["name"]) != folded(self.endpoint.name):
            raise forms.ValidationError(f"Type {self.endpoint.name} to delete it.")
        return self.endpoint.name

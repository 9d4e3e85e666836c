"""The shapes of what people type about keys. No form ever writes a secret back into the page."""

from typing import Any

from django import forms
from django.http import QueryDict

from console.keys.models import Account, Key
from console.keys.pasting import PREFIX
from console.ui.one_line import NameField


class SecretField(forms.CharField):
    """A pasted secret: hidden, never remembered by the browser, empty again after an error."""

    def __init__(self) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", "class": "input-mono"}
        super().__init__(
            label="Rivya key",
            strip=False,
            max_length=4000,
            widget=forms.PasswordInput(render_value=False, attrs=attrs),
            error_messages={"required": "Paste the key that Rivya showed you once."},
        )


class KeyForm(forms.Form):
    """A new key: the secret, what it is for, where it is used."""

    secret = SecretField()
    purpose = forms.SlugField(
        max_length=80,
        help_text="What it is for, in small letters and hyphens, such as production-image-workflow.",
        error_messages={"invalid": "Use letters, figures and hyphens only, such as production-image-workflow."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = NameField(
        max_length=80, required=False, help_text="What people see. Left empty, it is made from the purpose."
    )
    environment = forms.ChoiceField(
        choices=Key.Environment.choices, initial=Key.Environment.PRODUCTION, widget=forms.RadioSelect
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """A key pasted into a field that everybody reads is taken out before anything can keep or show it."""
        open_fields = [name for name in ("purpose", "name") if data and PREFIX in data.get(name, "").lower()]
        if data and open_fields:
            data = data.copy()
            for name in open_fields:
                data[name] = ""
        super().__init__(data)
        self.misplaced = open_fields

    def clean_purpose(self) -> str:
        return str(self.cleaned_data["purpose"]).lower()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.misplaced:
            self.add_error(name, "A key was pasted here, where everybody reads it. It was not kept; paste it above.")
        given["name"] = given.get("name") or given.get("purpose", "").replace("-", " ").replace("_", " ").capitalize()
        return given


class SecretForm(forms.Form):
    """The new secret of a key that is being replaced."""

    secret = SecretField()


class RetireForm(forms.Form):
    """Asks by naming the key."""

    purpose = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, key: Key, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.fields["purpose"].label = f"Type “{key.purpose}” to retire it"
        self.fields["purpose"].widget.attrs["data-dialog-name"] = key.purpose

    def clean_purpose(self) -> str:
        if self.cleaned_data["purpose"].strip() != self.key.purpose:
            raise forms.ValidationError(f"Type the purpose as it stands here: {self.key.purpose}")
        return self.key.purpose


class AccountForm(forms.ModelForm[Account]):
    """What the team calls a Rivya account."""

    class Meta:
        model = Account
        fields = ["label"]
        field_classes = {"label": NameField}
        labels = {"label": "Name"}


class JoinForm(forms.Form):
    """Which of the team's other accounts it is at Rivya."""

    into = forms.ModelChoiceField(queryset=Account.objects.none(), label="The same as", empty_label=None)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type
        field.queryset = Account.objects.filter(team=account.team_id).exclude(pk=account.pk)

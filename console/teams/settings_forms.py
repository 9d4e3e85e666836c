"""What a team says of itself."""

from typing import Any, Final
from zoneinfo import available_timezones

from django import forms

from console.teams import domains
from console.teams.models import Team
from console.ui.one_line import NameField

# The zone of this machine and that of a machine nobody has set up: another machine, or the database, has others.
NO_PLACES: Final = {"localtime", "Factory"}


class SettingsForm(forms.ModelForm[Team]):
    """Name, time zone, who is asked when a wallet is low, and whose addresses may join."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(available_timezones() - NO_PLACES)],
        label="Time zone",
        help_text="Times are shown in it, and it decides where a day and a month begin. A change counts for new work; "
        "what was asked for before keeps the day it was written under.",
        widget=forms.Select(attrs={"data-searchable": True}),
    )
    sign_in_domains = forms.CharField(
        required=False,
        max_length=domains.MOST * 256,
        label="Domains of addresses",
        help_text="One a line, such as example.com. Only their addresses can be invited and join; a subdomain is a "
        "domain of its own. Empty: any address.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )

    class Meta:
        model = Team
        fields = ["name", "time_zone", "billing_contact", "low_balance_at", "sign_in_domains"]
        field_classes = {"name": NameField, "billing_contact": NameField}
        labels = {"billing_contact": "Billing contact", "low_balance_at": "Low balance"}
        help_texts = {
            "billing_contact": "Who tops the wallet up: a name, an address. "
            "Named wherever credits run out, and where billing questions go.",
            "low_balance_at": "Credits. Below this a wallet counts as low, and owners and admins are told. 0: never.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["sign_in_domains"] = "\n".join(domains.in_words(self.instance.sign_in_domains))

    def clean_sign_in_domains(self) -> list[str]:
        try:
            return domains.domains_in(self.cleaned_data["sign_in_domains"])
        except domains.NoDomain as wrong:
            raise forms.ValidationError(str(wrong)) from None

"""What a team says of itself."""

from zoneinfo import available_timezones

from django import forms

from console.teams.models import Team


class SettingsForm(forms.ModelForm[Team]):
    """Name, time zone, and who is asked when a wallet is low."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        label="Time zone",
        help_text="Decides where a day and a month begin. A change counts for new work; "
        "what was asked for before keeps the day it was written under.",
        widget=forms.Select(attrs={"data-searchable": True}),
    )

    class Meta:
        model = Team
        fields = ["name", "time_zone", "billing_contact", "low_balance_at"]
        labels = {"billing_contact": "Billing contact", "low_balance_at": "Low balance"}
        help_texts = {
            "billing_contact": "Who tops the wallet up: a name, an address. Named wherever credits run out.",
            "low_balance_at": "Credits. Below this a wallet counts as low, and owners and admins are told. 0: never.",
        }

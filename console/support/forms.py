"""What the staff type."""

from django import forms
from django.core.exceptions import ValidationError


class ReasonForm(forms.Form):
    """Why a team's content has to be read."""

    reason = forms.CharField(
        label="Why do you need to read it?",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Ticket, who asked, and what you have to find out"}),
        help_text="The team's owners and admins are told at once, with these words and your address.",
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < 10:
            raise ValidationError("Say it in a sentence: the team reads it.")
        return reason

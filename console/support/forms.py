"""What the staff type."""

from django import forms
from django.core.exceptions import ValidationError

from console.ui.visible import visible_count

FEWEST = 10  # letters, figures and signs of a reason


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
        if visible_count(reason) < FEWEST:
            raise ValidationError("Say it in a sentence: the team reads it.")
        return reason

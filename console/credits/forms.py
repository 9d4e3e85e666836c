"""What may be typed about budgets and charges."""

from typing import Any

from django import forms

from console.credits.models import BudgetAsk
from console.projects.budget_setting import MOST_CREDITS
from console.ui.visible import legible


class BudgetForm(forms.Form):
    """A project's standing budget. Without `may_allow` it says nothing of whether that may be passed."""

    monthly_budget = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_CREDITS,
        help_text="Credits a calendar month. Nothing is sent beyond it. Empty: no limit of ours.",
    )
    may_overrun = forms.BooleanField(
        required=False,
        label="Let work go on past the budget",
        help_text="Only an owner decides this. It is shown wherever the budget is.",
    )

    def __init__(self, *args: Any, may_allow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_allow:
            del self.fields["may_overrun"]


class BudgetAskForm(forms.Form):
    """How much more, and what for."""

    credits = forms.IntegerField(label="Credits more", min_value=1, max_value=MOST_CREDITS)
    reason = forms.CharField(
        label="What for?",
        max_length=280,
        validators=[legible],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Owners and admins read it.",
    )


class DecisionForm(forms.Form):
    """Approve or decline, with a word if one likes."""

    decision = forms.ChoiceField(choices=[(BudgetAsk.State.APPROVED, "Approve"), (BudgetAsk.State.DECLINED, "Decline")])
    answer = forms.CharField(required=False, max_length=280)


class CorrectionForm(forms.Form):
    """What the charge should have been. `charged_so_far` is what the page showed: a second click finds it changed."""

    charged = forms.IntegerField(
        label="What Rivya really charged",
        min_value=0,
        max_value=MOST_CREDITS,
        help_text="Credits, as Rivya shows them.",
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=280,
        validators=[legible],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with the line, and in the team's audit log.",
    )
    charged_so_far = forms.IntegerField(widget=forms.HiddenInput)

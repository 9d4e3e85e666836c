"""A person decides what became of a turn that Rivya cannot be asked about."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import Actor, record
from console.chat.models import Turn
from console.chat.transitions import charge, give_back, move

NEVER_RAN, RAN = "never_ran", "ran"
MOST_CREDITS = 1_000_000


class ResolutionForm(forms.Form):
    """What the person found out at Rivya, and how they know."""

    outcome = forms.ChoiceField(
        label="What did you find at Rivya?",
        choices=[(NEVER_RAN, "It was never answered"), (RAN, "It was answered and charged")],
        widget=forms.RadioSelect,
    )
    credits = forms.IntegerField(
        label="Credits charged", required=False, min_value=0, max_value=MOST_CREDITS, help_text="As Rivya shows them."
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the team's audit log.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == RAN and cleaned.get("credits") is None and "credits" not in self.errors:
            self.add_error("credits", "Say how many credits Rivya charged; 0 if none.")
        return cleaned


def needs_resolution(turn: Turn) -> bool:
    """Whether a person has to say what became of it."""
    return turn.status == Turn.Status.NEEDS_REVIEW


def resolve(
    turn: Turn,
    person: Actor,
    *,
    outcome: str,
    credits: int | None,
    reason: str,
    request: HttpRequest | None = None,
) -> bool:
    """Close a turn that needs review, as failed, with what was charged. False when it no longer needs review."""
    charged = (credits or 0) if outcome == RAN else 0
    with transaction.atomic():
        rows = Turn.objects.select_for_update().select_related("conversation")
        held = rows.filter(pk=turn.pk, status=Turn.Status.NEEDS_REVIEW).first()
        if held is None:
            return False
        move(held, Turn.Status.FAILED, final=True, final_credits=charged)
        if charged:
            charge(held, charged)
        else:
            give_back(held)
        record(
            "turn.resolved",
            held,
            team_id=held.conversation.team_id,
            actor=person,
            before={"status": Turn.Status.NEEDS_REVIEW},
            after={"status": held.status, "credits": charged, "reason": reason},
            request=request,
        )
    return True

"""A person decides what became of a job that Rivya cannot be asked about."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import Actor, record
from console.jobs.models import Job, Step
from console.jobs.timeline import note
from console.jobs.transitions import charge, give_back, move

NEVER_RAN, RAN = "never_ran", "ran"
MOST_CREDITS = 1_000_000


class ResolutionForm(forms.Form):
    """What the person found out at Rivya, and how they know."""

    outcome = forms.ChoiceField(
        label="What did you find at Rivya?",
        choices=[(NEVER_RAN, "It never ran"), (RAN, "It ran and was charged")],
        widget=forms.RadioSelect(attrs={"class": "radio"}),
    )
    credits = forms.IntegerField(
        label="Credits charged", required=False, min_value=0, max_value=MOST_CREDITS, help_text="As Rivya shows them."
    )
    reason = forms.CharField(
        label="How do you know?",
        max_length=280,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the job's timeline and in the team's audit log.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == RAN and cleaned.get("credits") is None and "credits" not in self.errors:
            self.add_error("credits", "Say how many credits Rivya charged; 0 if none.")
        return cleaned


def resolve(
    job: Job,
    person: Actor,
    *,
    outcome: str,
    credits: int | None,
    reason: str,
    request: HttpRequest | None = None,
) -> bool:
    """Close a job that needs review: as withdrawn with its credits freed, or as failed with what was charged.

    False when it no longer needs review.
    """
    ran = outcome == RAN
    charged = (credits or 0) if ran else 0
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk, status=Job.Status.NEEDS_REVIEW).first()
        if held is None:
            return False
        note(
            held.pk,
            Step.Source.PERSON,
            Step.Kind.RESOLVED,
            reason,
            person=str(person),
            outcome=outcome,
            credits=charged,
        )
        move(held, Job.Status.FAILED if ran else Job.Status.WITHDRAWN, source=Step.Source.PERSON, final_credits=charged)
        if charged:
            charge(held, charged)
        else:
            give_back(held)
        record(
            "job.resolved",
            held,
            team_id=held.team_id,
            actor=person,
            before={"status": Job.Status.NEEDS_REVIEW},
            after={"status": held.status, "credits": charged, "reason": reason},
            request=request,
        )
    return True

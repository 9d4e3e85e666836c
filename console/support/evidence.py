"""What is known of one job without a word of what was asked or made: for staff who are not of the team."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from console.credits.models import Entry
from console.jobs.checking import can_be_checked
from console.jobs.models import Job, Result, Step
from console.jobs.telling import Told, tell
from console.support.retrying import can_be_retried
from console.ui.problems import Problem, from_code

# Of these a person's step says who it was; of all others it may say what they wrote.
_ONLY_WHO: Final = (Step.Kind.CREATED, Step.Kind.CHECKED, Step.Kind.WITHDRAWN, Step.Kind.STATE)
_OPEN_QUESTION: Final = (Job.Status.UNKNOWN, Job.Status.NEEDS_REVIEW)


@dataclass(frozen=True)
class Evidence:
    """One job, as its page in the admin site tells it."""

    job: Job

    @cached_property
    def steps(self) -> list[Told]:
        """The timeline. What a person wrote is told by its length: it is the team's own."""
        return [_told(step) for step in self.job.steps.all()]

    @cached_property
    def results(self) -> list[Result]:
        return list(self.job.results.defer("source_url", "content", "preview"))

    @cached_property
    def entries(self) -> list[Entry]:
        """Every line of the ledger that is about it, oldest first."""
        return list(Entry.objects.filter(subject=self.job.pk).order_by("id"))

    @property
    def problem(self) -> Problem | None:
        """What happened, and what we know of the charge, in the words the team reads. Rivya's own message is left out:
        it may repeat what was asked.
        """
        if not self.job.error_code and self.job.status not in _OPEN_QUESTION:
            return None
        known = self.job.status not in _OPEN_QUESTION
        told = {"request_id": self.job.request_id, "final_credits": self.job.final_credits}
        return from_code(self.job.error_code or "outcome_unknown", known=known, **told)  # type: ignore[arg-type]

    @property
    def can_be_checked(self) -> bool:
        return self.job.status not in Job.FINAL and can_be_checked(self.job)

    @property
    def can_be_retried(self) -> bool:
        return can_be_retried(self.job)

    @property
    def parameter_names(self) -> list[str]:
        return sorted(self.job.params) if isinstance(self.job.params, dict) else []


def _told(step: Step) -> Told:
    told = tell(step)
    if step.source != Step.Source.PERSON or step.kind in _ONLY_WHO:
        return told
    who = step.detail.get("person", "a person")
    return replace(told, words=f"by {who}; their words, {len(step.note)} characters, are closed")

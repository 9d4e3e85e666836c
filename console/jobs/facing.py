"""Everything the job page shows of one job, loaded once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils import timezone

from console.jobs.checking import can_be_checked
from console.jobs.explaining import Explanation, explain, retry_url
from console.jobs.models import Job, JobInput, Result, Step
from console.jobs.presenting import Card
from console.jobs.resolving import ResolutionForm
from console.jobs.saying import Said, can_be_read
from console.jobs.telling import Told, tell
from console.jobs.timing import usual_seconds

_STAGES: Final = {
    Job.Status.UNSENT: "Sending to Rivya",
    Job.Status.QUEUED: "Waiting in Rivya's queue",
    Job.Status.PROCESSING: "Rivya is working on it",
}
_PLAYED: Final = ("image", "video", "audio")
# What a form calls a parameter is not known here any more; these marks part its name into words.
_MARKS: Final = str.maketrans("_-", "  ")


@dataclass(frozen=True)
class Medium:
    """One result on the stage or in the filmstrip."""

    result: Result

    @property
    def is_here(self) -> bool:
        return self.result.state == Result.State.COLLECTED

    @property
    def look(self) -> str:
        """image, video, audio or file when it is here; else pending, held, lost or removed."""
        kind = self.result.kind if self.result.kind in _PLAYED else "file"
        return kind if self.is_here else self.result.state

    @property
    def template(self) -> str:
        return f"jobs/_result_{self.look}.html"

    @property
    def shows_itself(self) -> bool:
        """Whether the filmstrip's script can build it from an address alone."""
        return self.look in {"image", "video"}

    @property
    def loudness(self) -> list[float]:
        """0 to 1."""
        return [peak / 100 for peak in self.result.peaks]


@dataclass(frozen=True)
class Face:
    """One job with its results, inputs and steps, as this person may see it."""

    job: Job
    may_submit: bool
    form: ResolutionForm
    may_manage: bool = False
    said: Said | None = None
    sees_causes: bool = False

    @cached_property
    def card(self) -> Card:
        return Card(self.job, self.usual)

    @cached_property
    def media(self) -> list[Medium]:
        """Every result, here or not."""
        return [Medium(result) for result in self.card.results]

    @cached_property
    def first(self) -> Medium | None:
        """The one on the stage when the page opens."""
        if self.card.cover:
            return Medium(self.card.cover)
        return self.media[0] if self.media else None

    @cached_property
    def inputs(self) -> list[JobInput]:
        return list(self.job.inputs.select_related("file"))

    @cached_property
    def steps(self) -> list[Step]:
        """The evidence, oldest first."""
        return list(self.job.steps.all())

    @property
    def told_steps(self) -> list[Told]:
        earlier = [None, *(step.last_at for step in self.steps)]
        return [tell(step, before) for step, before in zip(self.steps, earlier, strict=False)]

    @cached_property
    def usual(self) -> float | None:
        """Seconds this model usually takes; asked only while the job runs."""
        if not self.job.is_open:
            return None
        return usual_seconds(self.job.team_id, [self.job.model]).get(self.job.model)

    @cached_property
    def explanation(self) -> Explanation | None:
        decided = [step for step in self.steps if step.kind == Step.Kind.RESOLVED]
        last = decided[-1] if decided else None
        return explain(
            self.job,
            may_submit=self.may_submit,
            has_results=bool(self.media),
            may_manage=self.may_manage,
            resolution=last,
        )

    @property
    def canvas(self) -> str:
        """The template of the canvas: one for each status."""
        return f"jobs/_canvas_{self.job.status}.html"

    @property
    def stage(self) -> str:
        """What is going on, in a few words."""
        is_on_its_way = self.job.sends > self.job.clear_sends  # counted before the first byte goes out
        tries = self.job.sends if is_on_its_way else self.job.sends + 1
        if self.job.status == Job.Status.UNSENT and tries > 1:
            return f"Sending to Rivya again, try {tries}"
        return _STAGES.get(Job.Status(self.job.status), "")

    @property
    def asked(self) -> int:
        """How often Rivya was asked what became of it."""
        return self.job.checks or self.job.sends

    @property
    def elapsed_seconds(self) -> int:
        return max(0, int(((self.job.finished_at or timezone.now()) - self.job.created_at).total_seconds()))

    @property
    def took_seconds(self) -> int | None:
        return self.elapsed_seconds if self.job.is_final and self.job.finished_at else None

    @property
    def is_overdue(self) -> bool:
        """Whether it already takes longer than it usually does."""
        return self.usual is not None and self.elapsed_seconds > self.usual

    @property
    def can_be_checked(self) -> bool:
        return self.may_submit and can_be_checked(self.job)

    @property
    def can_be_read(self) -> bool:
        return self.may_submit and can_be_read(self.job)

    @property
    def can_be_withdrawn(self) -> bool:
        return self.may_submit and self.job.can_be_withdrawn

    @property
    def retry_url(self) -> str:
        return retry_url(self.job) if self.may_submit else ""

    @property
    def params(self) -> list[tuple[str, object]]:
        """The parameters as they were sent, their names as words."""
        return [(_in_words(name), value) for name, value in self.job.params.items()]


def _in_words(name: str) -> str:
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.translate(_MARKS))
    return spaced.strip().capitalize()

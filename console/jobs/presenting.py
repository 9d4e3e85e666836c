"""A job as it is shown in a list: which of its looks, which shape, which picture, what it says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch

from console.jobs.addresses import address
from console.jobs.explaining import in_short, retry_url
from console.jobs.models import Job, JobQuerySet, Result
from console.jobs.timing import usual_seconds
from console.ui.ratios import ratio_class

# Bodies, keys and the engine's own columns stay in the database when a list is drawn.
_SHOWN_JOB: Final = (
    *("team", "status", "kind", "model", "model_name", "prompt", "params", "error_code", "created_at", "finished_at"),
    *("quoted_credits", "reserved_credits", "final_credits", "created_by__name", "created_by__email", "project__name"),
)
_SHOWN_RESULT: Final = (
    *("job", "index", "state", "kind", "mime_type", "width", "height", "duration_seconds", "peaks", "preview"),
    *("problem", "next_try_at"),
)
_RATIO = re.compile(r"(\d{1,5})\s*[:x×*]\s*(\d{1,5})", re.IGNORECASE)
_WORDS_OF_SHAPE: Final = {"landscape": (16, 9), "portrait": (9, 16), "square": (1, 1)}
_SHAPE_NAMES: Final = ("ratio", "size", "resolution", "orientation", "dimensions")

LOOKS: Final = ("image", "video", "audio", "file", "running", "arriving", "missing", "stopped")
"""The looks of a card; each is `templates/jobs/_card_<look>.html`."""

_TOO_NARROW: Final = ("ratio-9x21", "ratio-9x16", "ratio-2x3", "ratio-3x4")
_FRAMES: Final = {
    "audio": "media-card-audio",
    "file": "media-card-audio",
    "running": "media-card-running",
    "arriving": "media-card-running",
    "missing": "media-card-failed",
    "stopped": "media-card-failed",
}


def listed_jobs() -> JobQuerySet:
    """Jobs with all that a card or a row shows, in two queries."""
    results = Prefetch("results", Result.objects.only(*_SHOWN_RESULT))
    return Job.objects.only(*_SHOWN_JOB).select_related("created_by", "project").prefetch_related(results)


@dataclass(frozen=True)
class Card:
    """One job of a list."""

    job: Job
    usual_seconds: float | None = None

    @cached_property
    def results(self) -> list[Result]:
        """Only a job that succeeded has any: nothing is asked for the others."""
        return list(self.job.results.all()) if self.job.status == Job.Status.SUCCEEDED else []

    @cached_property
    def here(self) -> list[Result]:
        """The results that can be shown."""
        return [result for result in self.results if result.state == Result.State.COLLECTED]

    @cached_property
    def cover(self) -> Result | None:
        """The result that stands for the job: the first of the job's own kind, else the first."""
        of_kind = (result for result in self.here if result.kind == self.job.kind)
        return next(of_kind, self.here[0] if self.here else None)

    @cached_property
    def look(self) -> str:
        """One of LOOKS."""
        if self.job.is_open:
            return "running"
        if self.job.status != Job.Status.SUCCEEDED:
            return "stopped"
        if self.cover is not None:
            return self.cover.kind if self.cover.kind in LOOKS[:3] else "file"
        return "arriving" if self.is_arriving else "missing"

    @property
    def template(self) -> str:
        return f"jobs/_card_{self.look}.html"

    @property
    def frame(self) -> str:
        """The class of the frame around the look; empty for pictures, which need none."""
        return _FRAMES.get(self.look, "")

    @cached_property
    def shape(self) -> str:
        """The class that reserves the card's room: the result's own shape, before there is one the shape asked for."""
        if self.cover and self.cover.width:
            return ratio_class(self.cover.width, self.cover.height)
        if self.look in {"audio", "file"} or (self.job.kind == "audio" and not self.cover):
            return "ratio-3x2"
        return ratio_class(*asked_shape(self.job.params, self.job.kind))

    @property
    def card_shape(self) -> str:
        """The same for a card of a list, where words need some width."""
        return "ratio-4x5" if self.frame and self.shape in _TOO_NARROW else self.shape

    @property
    def is_arriving(self) -> bool:
        return any(result.state == Result.State.PENDING for result in self.results)

    @property
    def late(self) -> Result | None:
        """The first result that could not be brought home at the last try, and is tried again."""
        return next((result for result in self.results if result.is_late), None)

    @property
    def listens(self) -> bool:
        """Whether anything can still change: a settled card costs no listener."""
        return not self.job.is_final or self.is_arriving

    @property
    def why(self) -> str:
        """Why there is nothing to see, in one line; empty when there is, or will be."""
        return in_short(self.job, self.results) if self.look in {"missing", "stopped"} or self.is_in_doubt else ""

    @property
    def is_in_doubt(self) -> bool:
        return self.job.status == Job.Status.UNKNOWN

    @property
    def url(self) -> str:
        return address("jobs:show", self.job.pk)

    @property
    def card_url(self) -> str:
        return address("jobs:card", self.job.pk)

    @property
    def row_url(self) -> str:
        return address("jobs:row", self.job.pk)

    @property
    def retry_url(self) -> str:
        return retry_url(self.job)

    @property
    def file_url(self) -> str:
        """The cover's bytes."""
        return address("jobs:result", self.cover.pk) if self.cover else ""

    @property
    def preview_url(self) -> str:
        """The cover's thumbnail or poster; empty without one."""
        return address("jobs:result_preview", self.cover.pk) if self.cover and self.cover.preview else ""

    @property
    def download_url(self) -> str:
        return address("jobs:result_download", self.cover.pk) if self.cover else ""

    @property
    def credits(self) -> int | None:
        """What it cost; while it runs, what is held for it."""
        return self.job.final_credits if self.job.is_final else (self.job.reserved_credits or self.job.quoted_credits)

    @property
    def peaks(self) -> list[float]:
        """Loudness of the cover, 0 to 1."""
        return [peak / 100 for peak in self.cover.peaks] if self.cover else []

    @property
    def title(self) -> str:
        """The prompt's beginning, else the model's name."""
        return self.job.prompt.strip() or self.job.model_name


def cards(team_id: UUID, jobs: Iterable[Job]) -> list[Card]:
    """The cards of a page; the usual times of all running models are read in one query."""
    jobs = list(jobs)
    usual = usual_seconds(team_id, {job.model for job in jobs if job.is_open})
    return [Card(job, usual.get(job.model)) for job in jobs]


def asked_shape(params: Mapping[str, Any], kind: str) -> tuple[float, float]:
    """Width and height as the parameters ask for them ("16:9", "1024x1536", "portrait"); else the usual of the kind."""
    for name, value in params.items():
        if not isinstance(value, str) or not any(part in name.lower() for part in _SHAPE_NAMES):
            continue
        if match := _RATIO.fullmatch(value.strip()):
            width, height = int(match[1]), int(match[2])
            if width and height:
                return width, height
        if value.lower() in _WORDS_OF_SHAPE:
            return _WORDS_OF_SHAPE[value.lower()]
    return (16, 9) if kind == "video" else (1, 1)

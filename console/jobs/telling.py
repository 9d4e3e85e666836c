"""A step of the evidence as the timeline tells it: icon, tone, title and one quiet line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.jobs.models import Step
from console.ui.states import shown

_MARKS: Final[dict[str, tuple[str, str]]] = {
    Step.Kind.CREATED: ("user", "slate"),
    Step.Kind.RESERVED: ("coins", "slate"),
    Step.Kind.SENT: ("send", "slate"),
    Step.Kind.ACCEPTED: ("check", "blue"),
    Step.Kind.NOT_ACCEPTED: ("ban", "amber"),
    Step.Kind.NO_ANSWER: ("circle-question-mark", "amber"),
    Step.Kind.READ: ("eye", "slate"),
    Step.Kind.READ_FAILED: ("circle-alert", "amber"),
    Step.Kind.SETTLED: ("coins", "green"),
    Step.Kind.RELEASED: ("undo-2", "grey"),
    Step.Kind.COLLECTED: ("download", "green"),
    Step.Kind.NOT_COLLECTED: ("unplug", "amber"),
    Step.Kind.WITHDRAWN: ("undo-2", "grey"),
    Step.Kind.RESOLVED: ("shield-check", "violet"),
    Step.Kind.CHECKED: ("refresh-cw", "slate"),
    Step.Kind.REMOVED: ("trash-2", "grey"),
    Step.Kind.WEBHOOK: ("webhook", "slate"),
}
_MONEY: Final = (Step.Kind.RESERVED, Step.Kind.SETTLED, Step.Kind.RELEASED)
_BLAMELESS: Final = {"red-line": "red"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    icon: str
    tone: str
    title: str
    words: str
    at: datetime
    last_at: datetime
    count: int
    source: str
    later_seconds: float | None = None


def tell(step: Step, before: datetime | None = None) -> Told:
    """What the timeline says of `step`; `before` is when the step before it (last) happened."""
    icon, tone = _MARKS.get(step.kind, ("circle", "slate"))
    title = str(step.get_kind_display())
    note = step.note
    if step.kind == Step.Kind.STATE:
        look = shown(str(step.detail.get("state", "")), note)
        icon, tone, title, note = look.icon, _BLAMELESS.get(look.tone, look.tone), look.word, ""
    if step.kind in _MONEY and "credits" in step.detail:
        note = f"{step.detail['credits']:,} credit{'' if step.detail['credits'] == 1 else 's'}"
    words = " · ".join(filter(None, [note, *_details(step)]))
    later = max(0.0, (step.at - before).total_seconds()) if before else None
    source = str(step.get_source_display())
    return Told(icon, tone, title, words, step.at, step.last_at, step.count, source, later)


def _details(step: Step) -> list[str]:
    """The evidence beside the note, in a fixed order; the source comes first unless it is plain."""
    detail = step.detail
    told = []
    if step.kind == Step.Kind.CREATED and "key" in detail:
        told.append(f"key …{detail['key']}")
    if step.kind in {Step.Kind.SENT, Step.Kind.CREATED} and "bytes" in detail:
        told.append(f"{detail['bytes']:,} bytes")
    if "task" in detail:
        told.append(str(detail["task"]))
    if detail.get("request_id"):
        told.append(str(detail["request_id"]))
    if "attempt" in detail and detail["attempt"] != 1:
        told.append(f"try {detail['attempt']}")
    if "milliseconds" in detail:
        told.append(f"{detail['milliseconds']} ms")
    return told

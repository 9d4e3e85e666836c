"""When Rivya can have moved credits for our work, as far as the ledger's lines tell.

A line is written after Rivya acted, never at that moment: each step has an earliest and a latest time. Rivya's own
times narrow that down, but only as the length between two of them: its clock may differ from ours.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from console.credits.models import Entry

# Unconfirmed for longer than this, work has not simply just been sent: its outcome is unknown.
UNDER_WAY: Final = timedelta(minutes=10)
ENDLESS: Final = datetime.max.replace(tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
# From Rivya's answer to our line of it. Work that was open when Rivya took it gives nothing back before that answer.
ANSWER_LAG: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Step:
    """`credits` moved at some moment after `after` and before `before`."""

    credits: int
    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """A job or a turn, and its steps in order. `is_sure` is False while Rivya has not confirmed that it took anything.

    `is_rough`: what was taken before the end is our own quote, so in its middle the wallet may show another figure.
    """

    subject: UUID
    kind: str
    model: str
    asked_at: datetime
    asked_credits: int
    steps: tuple[Step, ...]
    is_open: bool
    is_sure: bool = True
    is_rough: bool = False

    @property
    def ends(self) -> datetime:
        """After this nothing is left to happen, as far as is known."""
        return max((step.before for step in self.steps), default=self.asked_at)

    def sums(self) -> list[int]:
        """What is moved after no step, after one, and so on."""
        totals = [0]
        for step in self.steps:
            totals.append(totals[-1] + step.credits)
        return totals

    def progress(self, asked_at: datetime, still_at: datetime) -> range:
        """How many steps a reading between these moments may have seen done."""
        least = sum(step.before <= asked_at for step in self.steps)
        most = sum(step.after < still_at for step in self.steps)
        return range(least, max(least, most) + 1)


def work_of(lines: Iterable[Entry], now: datetime) -> list[Work]:
    """The work that these lines speak of; all lines of a subject must be among them. In order of asking."""
    told: dict[UUID, dict[str, Entry]] = defaultdict(dict)
    for line in lines:
        told[line.subject][line.kind] = line
    found = [_work(said, now) for said in told.values() if Entry.Kind.RESERVE in said]
    return sorted(found, key=lambda work: work.asked_at)


def _work(said: dict[str, Entry], now: datetime) -> Work:
    reserve, accept = said[Entry.Kind.RESERVE], said.get(Entry.Kind.ACCEPT)
    close = said.get(Entry.Kind.SETTLE) or said.get(Entry.Kind.RELEASE)
    steps: Sequence[Step] = ()
    if accept:
        steps = _confirmed(reserve, accept, close)
    elif close and (close.kind == Entry.Kind.SETTLE or reserve.subject_kind != "job"):
        steps = _unconfirmed(reserve, close)
    elif not close and now - reserve.at < UNDER_WAY:
        steps = (Step(-reserve.credits, reserve.at, ENDLESS),)
    return Work(
        subject=reserve.subject,
        kind=reserve.subject_kind,
        model=reserve.model,
        asked_at=reserve.at,
        asked_credits=reserve.credits,
        steps=tuple(step for step in steps if step.credits),
        is_open=close is None,
        is_sure=bool(accept or close),
        is_rough=not accept and (close is not None or reserve.subject_kind != "job"),
    )


def _confirmed(reserve: Entry, accept: Entry, close: Entry | None) -> Sequence[Step]:
    """Rivya said what it took, and at the end what it kept."""
    taken = Step(-accept.credits, reserve.at, accept.at)
    if close is None:
        return (taken,)
    after, before = max(reserve.at, min(accept.at - ANSWER_LAG, close.at)), close.at
    if accept.rivya_at and close.rivya_at:
        lasted = close.rivya_at - accept.rivya_at
        earliest, latest = reserve.at + lasted - SECOND, accept.at + lasted + SECOND
        if max(after, earliest) < min(before, latest):  # else Rivya's clock was set meanwhile, and says nothing
            after, before = max(after, earliest), min(before, latest)
    return taken, Step(accept.credits - close.credits, after, before)


def _unconfirmed(reserve: Entry, close: Entry) -> Sequence[Step]:
    """Rivya said only at the end what it kept. A refused job is not among these: Rivya took nothing for it."""
    return (
        Step(-reserve.credits, reserve.at, close.at),
        Step(reserve.credits - close.credits, reserve.at, close.at),
    )

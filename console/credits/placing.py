"""Which work explains an interval: chosen so that every credit is told once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from console.credits.drifting import Cut, Reading, Standing
from console.credits.movements import Work

# How many steps of the passing work count as done at a reading.
Progress = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Move:
    """Credits that one job or turn moved within an interval; not sure while Rivya has not confirmed it."""

    subject: UUID
    kind: str
    model: str
    credits: int
    is_sure: bool

    def told(self) -> list[Any]:
        return [str(self.subject), self.kind, self.model, self.credits, self.is_sure]


def placed(known: Sequence[Cut]) -> list[Progress]:
    """For each cut how far its passing work is counted, so that it sums up to what the cut says."""
    found: list[Progress] = []
    before: Progress = {}
    for cut in known:
        before = _place(cut.standing, cut.passed, before)
        found.append(before)
    return found


def explaining(works: Sequence[Work], begin: Reading, end: Reading, before: Progress, after: Progress) -> list[Move]:
    """What the work moved from one cut to the next, in order of asking."""
    moves = []
    for work in works:
        if work.asked_at >= end.still_at or work.ends <= begin.asked_at:
            continue
        sums = work.sums()
        moved = sums[_done(work, end, after)] - sums[_done(work, begin, before)]
        if moved:
            moves.append(Move(work.subject, work.kind, work.model, moved, work.is_sure))
    return moves


def _done(work: Work, reading: Reading, progress: Progress) -> int:
    return progress.get(work.subject, work.progress(reading.asked_at, reading.still_at)[0])


def _place(standing: Standing, wanted: int, before: Progress) -> Progress:
    """One choice of steps that sums up to `wanted`; where it can be, nothing goes back behind the cut before."""
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for work, progress in standing.passing:
        sums = work.sums()
        onward: dict[int, tuple[int, ...]] = {}
        least = before.get(work.subject, 0)
        ordered = [step for step in progress if step >= least] + [step for step in progress if step < least]
        for step in ordered:
            for value, steps in ways.items():
                onward.setdefault(value + sums[step] - sums[progress[0]], (*steps, step))
        ways = onward
    chosen = ways.get(wanted)
    if chosen is None:
        return {}
    return {work.subject: step for (work, _), step in zip(standing.passing, chosen, strict=True)}

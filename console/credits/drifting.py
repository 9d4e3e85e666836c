"""Find where a wallet and our ledger part: pure functions over readings and work.

Counted up from one reading, the wallet less our work is the *drift*. It stays the same while our ledger explains
everything. A reading during which work was on its way allows several values, one for each way that the work may stand
to it; the way through the readings with the fewest changes is taken, so that work explains one interval only, once.
Where two ways are as good, the interval is not cut there: no guess is made.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console.credits.movements import Work

# What a change of the drift costs, and what it costs not to believe a reading that was taken amid rough work: rather
# than a change there and back one reading is not believed, but not two rather than one change that stays.
CHANGE: Final = 3
DISBELIEF: Final = 2
MOST_VALUES: Final = 4000


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance that was true between two moments of our clock, and unchanged from one to the other."""

    balance: int
    asked_at: datetime
    at: datetime
    still_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How our work stands to one reading: what is surely done, and the work that may be."""

    sure: int
    passing: tuple[tuple[Work, range], ...]

    @property
    def is_clean(self) -> bool:
        return not self.passing

    @property
    def is_rough(self) -> bool:
        return any(work.is_rough for work, _ in self.passing)

    def values(self) -> set[int]:
        """What may be done of the passing work, in credits; empty when there are too many ways to tell."""
        found = {0}
        for work, progress in self.passing:
            sums = work.sums()
            found = {value + sums[step] - sums[progress[0]] for value in found for step in progress}
            if len(found) > MOST_VALUES:
                return set()
        return found


@dataclass(slots=True)
class Cut:
    """A reading at which the drift is known. `passed` is the part of the passing work that counts as done before it."""

    index: int
    drift: int
    passed: int
    standing: Standing = field(repr=False)


def standings(readings: Sequence[Reading], works: Sequence[Work]) -> list[Standing]:
    """For each reading, in order; `works` are in order of asking."""
    found: list[Standing] = []
    active: list[Work] = []
    begins = [work.asked_at for work in works]
    done, position = 0, 0
    for reading in readings:
        upto = bisect_right(begins, reading.still_at)
        active += works[position:upto]
        position = upto
        done += sum(work.sums()[-1] for work in active if work.ends <= reading.asked_at)
        active = [work for work in active if work.ends > reading.asked_at]
        told = [(work, work.progress(reading.asked_at, reading.still_at)) for work in active]
        sure = done + sum(work.sums()[progress[0]] for work, progress in told)
        found.append(Standing(sure, tuple((work, progress) for work, progress in told if len(progress) > 1)))
    return found


def cuts(readings: Sequence[Reading], stand: Sequence[Standing], carried: int) -> list[Cut]:
    """The readings between which drift is told; the first one, with `carried` of its passing work done, is given."""
    base = readings[0].balance - stand[0].sure - carried
    offsets = [reading.balance - standing.sure - base for reading, standing in zip(readings, stand, strict=True)]
    allowed = [{0}, *({offset - value for value in one.values()} for offset, one in _rest(offsets, stand))]
    forth = _forth(allowed, stand)
    end = _best_end(forth[-1], allowed[-1])
    back = _back(forth, end)
    best = forth[-1][end]
    found = []
    for index, costs in enumerate(forth):
        ways = [drift for drift, cost in costs.items() if cost + back[index].get(drift, best + 1) == best]
        if len(ways) == 1 and ways[0] in allowed[index]:
            passed = offsets[index] - ways[0] if index else carried
            found.append(Cut(index, ways[0], passed, stand[index]))
    return found


def _rest(offsets: Sequence[int], stand: Sequence[Standing]) -> Iterator[tuple[int, Standing]]:
    yield from zip(offsets[1:], stand[1:], strict=True)


def _forth(allowed: Sequence[set[int]], stand: Sequence[Standing]) -> list[dict[int, int]]:
    """For each reading and drift the least cost of coming there."""
    costs: list[dict[int, int]] = [{0: 0}]
    for values, standing in zip(allowed[1:], stand[1:], strict=True):
        before = costs[-1]
        cheapest = min(before.values()) + CHANGE
        now = {drift: min(before.get(drift, cheapest), cheapest) for drift in values}
        if standing.is_rough or not values:
            for drift, cost in before.items():
                now[drift] = min(now.get(drift, cost + DISBELIEF), cost + DISBELIEF)
        costs.append(now)
    return costs


def _best_end(costs: dict[int, int], allowed: set[int]) -> int:
    """Of the cheapest ends the nearest to no drift: what is on its way now will soon be known."""
    return min(costs, key=lambda drift: (costs[drift], drift not in allowed, abs(drift), drift))


def _back(forth: Sequence[dict[int, int]], end: int) -> list[dict[int, int]]:
    """For each reading and drift the least cost of going on from there to the end."""
    found: list[dict[int, int]] = [{end: 0}]
    for before, now in zip(forth[-2::-1], forth[:0:-1], strict=True):
        after = found[-1]
        entering = {drift: cost + _own_cost(before, now, drift) for drift, cost in after.items() if drift in now}
        cheapest = min(entering.values()) + CHANGE
        found.append({drift: min(entering.get(drift, cheapest), cheapest) for drift in before})
    return found[::-1]


def _own_cost(before: dict[int, int], now: dict[int, int], drift: int) -> int:
    """What the reading itself costs, beyond the way to it: something where it is not believed."""
    cheapest = min(before.values()) + CHANGE
    return now[drift] - min(before.get(drift, cheapest), cheapest)

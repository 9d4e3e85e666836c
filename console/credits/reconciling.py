"""Wallet and ledger side by side: what our work explains of each change of a balance, and what it does not."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from console.credits.drift_alerts import tell_of_drift
from console.credits.drifting import Cut, Reading, Standing, cuts, standings
from console.credits.models import Entry, EntryQuerySet, WalletInterval, WalletSample, WalletWatch
from console.credits.movements import UNDER_WAY, Work, work_of
from console.credits.placing import Move, explaining, placed
from console.credits.sampling import watch_of
from console.credits.usage_lines import days_with_something_open
from console.credits.usage_periods import EVER
from console.credits.usage_questions import Question
from console.keys.models import Account

SETTLED_AFTER: Final = timedelta(hours=1)  # then an interval is final although some work still runs, or ran at its end
LINES_MAY_LAG: Final = timedelta(minutes=5)  # between the time on a line and the end of its transaction
MOST_READINGS: Final = 3000
KEPT_MOVES: Final = 200
# An hour of ten thousand jobs takes seconds of a core to go through, and every answer waits for that core meanwhile: a
# wallet that took long rests for fifty times as long, up to five minutes.
LONG_SECONDS: Final = 0.3
REST_TIMES: Final = 50
LONGEST_REST_SECONDS: Final = 300.0
_rests_until: dict[UUID, float] = {}  # by this process's monotonic clock


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where the last final interval ended, and what was open then."""

    reading: Reading
    carried: int
    left_open: tuple[UUID, ...]
    last: WalletInterval | None


def reconcile_wallets() -> bool:
    """Work out the intervals of every wallet that was read since and does not rest; returns whether there were any."""
    behind = WalletWatch.objects.filter(
        Q(reconciled_at=None) | Q(reconciled_at__lt=F("account__balance_at")), account__samples__isnull=False
    )
    now = time.monotonic()
    waiting = [pk for pk in behind.distinct().values_list("account_id", flat=True) if _rests_until.get(pk, now) <= now]
    for account_id in waiting:
        began = time.thread_time()
        reconcile(account_id)
        _rest(account_id, time.thread_time() - began)
    return bool(waiting)


def _rest(account_id: UUID, took_seconds: float) -> None:
    if took_seconds < LONG_SECONDS:
        _rests_until.pop(account_id, None)
    else:
        _rests_until[account_id] = time.monotonic() + min(REST_TIMES * took_seconds, LONGEST_REST_SECONDS)


def reconcile(account_id: UUID) -> None:
    """Work out anew every interval of this wallet that is not final.

    A busy hour has tens of thousands of lines to go through, so nothing is held meanwhile: what was worked out is
    written only if nobody else has written since, and otherwise again a few seconds later.
    """
    seen = WalletWatch.objects.filter(account=account_id).first()
    account = Account.objects.get(pk=account_id)
    now = timezone.now()
    begun = _begin(account_id, now)
    found = _intervals(account_id, *begun, now) if begun else []
    with transaction.atomic():
        watch = watch_of(account_id)
        if watch.reconciled_at != (seen.reconciled_at if seen else None) or (begun and not _still_stands(begun[0])):
            return
        if begun:
            _write(account_id, begun[0], found)
            tell_of_drift(account, now)
        watch.reconciled_at = account.balance_at
        watch.save(update_fields=["reconciled_at"])


def _still_stands(anchor: _Anchor) -> bool:
    """Whether the interval that was begun after is there as it was."""
    last = anchor.last
    return last is None or WalletInterval.objects.filter(pk=last.pk, from_at=last.from_at, is_final=True).exists()


def open_work(account_id: UUID) -> list[Work]:
    """The account's work that has not ended, in order of asking."""
    begun = _begin(account_id, timezone.now())
    if begun:
        works = begun[2]
    else:
        works = work_of(_open_lines(account_id, Entry.objects.filter(account=account_id)), timezone.now())
    return [work for work in works if work.is_open]


def _begin(account_id: UUID, now: datetime) -> tuple[_Anchor, list[Reading], list[Work]] | None:
    """Where to begin, the readings since, and the work that may have moved them.

    The place is before anything that ended since, but may have happened before the last final interval. The lines are
    read after the readings: of work that a reading saw, the line that reserved for it was there before.
    """
    anchor = _anchor(account_id, None)
    while anchor is not None:
        readings = _readings(account_id, anchor)
        works = work_of(_lines(account_id, anchor), now)
        late = [work.asked_at for work in works if work.subject in anchor.left_open and _reaches_back(work, anchor)]
        if not late or anchor.last is None:
            return anchor, readings, works
        anchor = _anchor(account_id, min(late))
    return None


def _readings(account_id: UUID, anchor: _Anchor) -> list[Reading]:
    later = WalletSample.objects.filter(account=account_id, at__gt=anchor.reading.at).order_by("at")[:MOST_READINGS]
    return [anchor.reading, *(_reading(sample) for sample in later)]


def _reaches_back(work: Work, anchor: _Anchor) -> bool:
    return any(step.after < anchor.reading.asked_at < step.before for step in work.steps)


def _anchor(account_id: UUID, before: datetime | None) -> _Anchor | None:
    final = WalletInterval.objects.filter(account=account_id, is_final=True)
    last = (final.filter(to_at__lt=before) if before else final).order_by("-to_at").first()
    samples = WalletSample.objects.filter(account=account_id)
    sample = samples.filter(at=last.to_at).first() if last else samples.order_by("at").first()
    if sample is None:  # thinned out since
        sample = samples.filter(at__gte=last.to_at).order_by("at").first() if last else None
        return _Anchor(_reading(sample), 0, (), None) if sample else None
    left_open = tuple(UUID(subject) for subject in last.left_open) if last else ()
    return _Anchor(_reading(sample), last.carried if last else 0, left_open, last)


def _lines(account_id: UUID, anchor: _Anchor) -> list[Entry]:
    """All lines of the work that was open at the anchor or has a line after it. Corrections move nothing at Rivya."""
    ours = Entry.objects.filter(account=account_id).exclude(kind=Entry.Kind.CORRECT)
    older = ours.filter(at__lt=anchor.reading.asked_at - LINES_MAY_LAG).order_by("-id").first()
    subjects = set(ours.filter(id__gt=older.pk if older else 0).values_list("subject", flat=True))
    subjects |= set(anchor.left_open)
    if anchor.last is None and older is not None:
        subjects |= {line.subject for line in _open_lines(account_id, ours.filter(id__lte=older.pk))}
    found: list[Entry] = []
    wanted = sorted(subjects)
    for start in range(0, len(wanted), 500):
        found += Entry.objects.filter(subject__in=wanted[start : start + 500]).exclude(kind=Entry.Kind.CORRECT)
    return found


def _open_lines(account_id: UUID, ours: EntryQuerySet) -> list[Entry]:
    """Of the days on which the team still has something open, as the roll-ups say: they are few, a ledger is long."""
    ended = Entry.objects.filter(subject=OuterRef("subject"), kind__in=Entry.CLOSING).order_by()
    team_id = Account.objects.values_list("team_id", flat=True).get(pk=account_id)
    days = days_with_something_open(Question(team_id, EVER))
    return list(ours.filter(~Exists(ended), team=team_id, day__in=days, kind__in=Entry.HOLDING))


def _intervals(
    account_id: UUID, anchor: _Anchor, readings: list[Reading], works: list[Work], now: datetime
) -> list[WalletInterval]:
    stand = standings(readings, works)
    known = cuts(readings, stand, anchor.carried)
    states = placed(known)
    found = []
    for (left, before), (right, after) in zip(
        zip(known, states, strict=True), zip(known[1:], states[1:], strict=True), strict=False
    ):
        moves = explaining(works, readings[left.index], readings[right.index], before, after)
        found.append(_interval(account_id, readings, left, right, moves))
    _finish(found, known[1:], readings, works, now)
    return found


def _interval(account_id: UUID, readings: list[Reading], left: Cut, right: Cut, moves: list[Move]) -> WalletInterval:
    begin, end = readings[left.index], readings[right.index]
    return WalletInterval(
        id=uuid5(account_id, end.at.isoformat()),
        account_id=account_id,
        from_at=begin.still_at,
        to_at=end.at,
        before=begin.balance,
        after=end.balance,
        explained=sum(move.credits for move in moves if move.is_sure),
        under_way=sum(move.credits for move in moves if not move.is_sure),
        unexplained=right.drift - left.drift,
        moves=[move.told() for move in moves[:KEPT_MOVES]],
        move_count=len(moves),
        is_quiet=not moves and begin.balance == end.balance and right.drift == left.drift,
        carried=right.passed,
    )


def _finish(
    found: list[WalletInterval], ends: list[Cut], readings: list[Reading], works: list[Work], now: datetime
) -> None:
    """Say which are final, which work was still open at their end, and what of unknown outcome would explain them."""
    open_works = [work for work in works if work.is_open]
    unknown = [work for work in open_works if not work.is_sure and not work.steps]
    last_settled = -1
    for index, (interval, cut) in enumerate(zip(found, ends, strict=True)):
        reading = readings[cut.index]
        fresh = [
            work
            for work in open_works
            if work.asked_at < reading.still_at and now - work.asked_at < (SETTLED_AFTER if work.is_sure else UNDER_WAY)
        ]
        if not fresh and (cut.standing.is_clean or now - reading.at > SETTLED_AFTER):
            last_settled = index
        interval.left_open = [str(work.subject) for work in open_works if work.asked_at < reading.still_at]
        interval.maybe = _maybe(interval, unknown)
    for interval in found[: last_settled + 1]:  # nothing that is told later changes what lies before a settled reading
        interval.is_final = True


def _maybe(interval: WalletInterval, unknown: list[Work]) -> list[list[Any]]:
    """Work of unknown outcome that would explain the rest to the credit: a possibility, never a fact."""
    if not interval.unexplained:
        return []
    near = [work for work in unknown if work.asked_at < interval.to_at][-12:]
    ways: dict[int, tuple[Work, ...]] = {0: ()}
    for work in near:
        cost = -work.asked_credits
        for total, chosen in list(ways.items()):
            ways.setdefault(total + cost, (*chosen, work))
    return [
        [str(work.subject), work.kind, work.model, -work.asked_credits] for work in ways.get(interval.unexplained, ())
    ]


def _write(account_id: UUID, anchor: _Anchor, found: list[WalletInterval]) -> None:
    """Replace everything after the anchor; what people noted stays while the figure it speaks of is the same."""
    rows = WalletInterval.objects.filter(account=account_id, to_at__gt=anchor.reading.at)
    notes = {(row.to_at, row.unexplained): row for row in rows.exclude(note="")}
    rows.delete()
    kept = _folded(anchor.last, found)
    for row in kept:
        if old := notes.get((row.to_at, row.unexplained)):
            row.note, row.noted_by_id, row.noted_at = old.note, old.noted_by_id, old.noted_at
    WalletInterval.objects.bulk_create(kept)


def _folded(last: WalletInterval | None, found: list[WalletInterval]) -> list[WalletInterval]:
    """Quiet stretches as one row each."""
    kept: list[WalletInterval] = []
    for row in found:
        before = kept[-1] if kept else last
        if before and before.is_quiet and row.is_quiet and before.is_final == row.is_final:
            row.from_at = before.from_at
            if kept:
                kept.pop()
            else:
                WalletInterval.objects.filter(pk=before.pk).delete()
        kept.append(row)
    return kept


def _reading(sample: WalletSample) -> Reading:
    return Reading(sample.balance, sample.asked_at, sample.at, sample.still_at)


__all__ = ["Standing", "reconcile", "reconcile_wallets"]

"""Thin out the intervals of old, as their readings are: what our ledger explains is joined, what it does not stays.

Joined is what follows on each other within an hour, later within a day, of the team's zone. So a day's sums stay as
they are, and an interval that nobody explained, or that somebody explained in words, is there for ever.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from console.credits.models import WalletInterval
from console.credits.reconciling import KEPT_MOVES
from console.credits.sampling import HOURLY_UNTIL, WHOLE_FOR, watch_of
from console.keys.models import Account

_QUIET: Final = ("is_quiet", "from_at")


def thin_intervals() -> bool:
    """The duty. Returns whether any were joined."""
    now, joined = timezone.now(), 0
    for account_id, zone in Account.objects.exclude(intervals=None).values_list("pk", "team__time_zone").distinct():
        ours = WalletInterval.objects.filter(account=account_id, is_final=True)
        hourly = Q(to_at__gte=now - HOURLY_UNTIL, to_at__lt=now - WHOLE_FOR)
        for rows, hours in ((ours.filter(hourly), True), (ours.filter(to_at__lt=now - HOURLY_UNTIL), False)):
            facts = rows.order_by("to_at").values_list("pk", "to_at", "before", "after", "unexplained", "note", *_QUIET)
            for run in _runs(facts.iterator(), ZoneInfo(zone), hours=hours):
                joined += _join(account_id, run)
    return joined > 0


def _runs(facts: Iterator[tuple[Any, ...]], zone: ZoneInfo, *, hours: bool) -> Iterator[list[UUID]]:
    """Intervals of one hour or day that follow on each other, and that our ledger explains; two at least."""
    for span, found in groupby(facts, lambda row: _span_of(row[1], zone, hours=hours)):
        run: list[UUID] = []
        balance = None
        for pk, _to_at, before, after, unexplained, note, is_quiet, from_at in found:
            # A quiet time of weeks that ends in this hour is not a part of it.
            is_longer = is_quiet and _span_of(from_at, zone, hours=hours) != span
            is_explained = not unexplained and not note and not is_longer
            if run and not (is_explained and before == balance):
                yield from [run] if len(run) > 1 else []
                run = []
            if is_explained:
                run, balance = [*run, pk], after
        yield from [run] if len(run) > 1 else []


def _span_of(moment: datetime, zone: ZoneInfo, *, hours: bool) -> tuple[Any, ...]:
    there = moment.astimezone(zone)
    return (there.date(), there.hour, there.utcoffset()) if hours else (there.date(),)


def _join(account_id: UUID, run: list[UUID]) -> bool:
    """The last one becomes all of them; False when somebody changed them meanwhile."""
    with transaction.atomic():
        watch_of(account_id)  # whoever works intervals out holds it
        rows = list(WalletInterval.objects.filter(pk__in=run, is_final=True, unexplained=0, note="").order_by("to_at"))
        if len(rows) != len(run):
            return False
        last = rows.pop()
        WalletInterval.objects.filter(pk__in=[row.pk for row in rows]).delete()
        rows.append(last)
        last.from_at, last.before = rows[0].from_at, rows[0].before
        last.explained, last.under_way = sum(row.explained for row in rows), sum(row.under_way for row in rows)
        last.moves = [move for row in rows for move in row.moves][:KEPT_MOVES]
        last.move_count, last.is_quiet = sum(row.move_count for row in rows), all(row.is_quiet for row in rows)
        last.save(update_fields=["from_at", "before", "explained", "under_way", "moves", "move_count", "is_quiet"])
    return True

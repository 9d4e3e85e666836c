"""Take of what may be taken only so often. Holds across processes, for the price of one statement.

Each taker has a row that says when their ration is full again (a bucket that fills steadily). Taking moves that moment
on in one conditional update; its row count tells whether there was enough to take, and a refusal writes nothing.
"""

import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from console.engine.models import Ration

_GREATEST = {"sqlite": "max"}
_KEPT_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and as many again spread over each period. `most` 0: no limit."""

    most: int
    seconds: int

    @property
    def each_ms(self) -> int:
        """After how long one more may be taken."""
        return max(1, self.seconds * 1000 // self.most)


def take(name: str, allowance: Allowance, many: int = 1) -> int:
    """Take so many, or none; 0 when they were there, otherwise the seconds until they are.

    More than the ration holds are never there: the seconds until it is full. Not in a transaction that may fail.
    """
    if not allowance.most:
        return 0
    now = time.time_ns() // 1_000_000
    all_ms, brim = allowance.each_ms * many, allowance.each_ms * max(0, allowance.most - many)
    if many <= allowance.most and _taken(name, now, all_ms, brim):
        return 0
    full_at = Ration.objects.filter(pk=name).values_list("full_at_ms", flat=True).first() or now
    return max(1, -(-(full_at - now - brim) // 1000))


def _taken(name: str, now: int, all_ms: int, brim: int) -> bool:
    table = connection.ops.quote_name(Ration._meta.db_table)
    greatest = _GREATEST.get(connection.vendor, "greatest")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, full_at_ms) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE "  # noqa: S608
            f"SET full_at_ms = {greatest}({table}.full_at_ms, %s) + %s WHERE {table}.full_at_ms <= %s",
            [name, now + all_ms, now, all_ms, now + brim],
        )
        return bool(cursor.rowcount == 1)


def forget_full() -> int:
    """Remove the rows of those who have taken nothing for a day; returns how many."""
    long_ago = int(timezone.now().timestamp() * 1000) - _KEPT_MS
    return Ration.objects.filter(full_at_ms__lt=long_ago).delete()[0]

"""A wallet's readings and intervals, summed up within given times by the database.

The times are handed over as rows. To have it cut moments to hours or days of a zone instead costs it a call of Python
for each row on SQLite, and a busy wallet has 40,000 a month.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from console.credits.models import WalletInterval, WalletSample

Times = Sequence[tuple[datetime, datetime]]  # each from a moment to before another
_MOST_TIMES: Final = 400  # in one statement

_SAMPLES: Final = WalletSample._meta.db_table
_INTERVALS: Final = WalletInterval._meta.db_table
_WITHIN: Final = "account_id = %s AND {moment} >= times.begins AND {moment} < times.ends"
_LAST: Final = f"""
SELECT times.place, (
    SELECT id FROM {_SAMPLES} WHERE {_WITHIN.format(moment="at")} ORDER BY at DESC LIMIT 1
) FROM times
"""  # noqa: S608 - our names
_LOWEST: Final = f"""
SELECT times.place, (SELECT MIN(balance) FROM {_SAMPLES} WHERE {_WITHIN.format(moment="at")}) FROM times
"""  # noqa: S608 - our names
_OURS: Final = f"""
SELECT times.place, (
    SELECT SUM(explained + under_way) FROM {_INTERVALS} WHERE {_WITHIN.format(moment="to_at")}
) FROM times
"""  # noqa: S608 - our names
_OTHERS: Final = f"""
SELECT times.place, (
    SELECT SUM(unexplained) FROM {_INTERVALS} WHERE NOT (unexplained = 0) AND {_WITHIN.format(moment="to_at")}
) FROM times
"""  # noqa: S608 - our names


def last_readings(account_id: UUID, times: Times) -> dict[int, tuple[datetime, int]]:
    """By the place of each time that has readings: when the last one was, and the balance it found."""
    last = {place: pk for place, pk in _told(_LAST, account_id, times) if pk is not None}
    found = WalletSample.objects.filter(pk__in=last.values()).order_by().values_list("pk", "at", "balance")
    samples = {pk: (at, balance) for pk, at, balance in found}
    return {place: samples[pk] for place, pk in last.items() if pk in samples}


def lowest_balances(account_id: UUID, times: Times) -> dict[int, int]:
    """By the place of each time that has readings: the lowest one."""
    return _sums(_LOWEST, account_id, times)


def ours(account_id: UUID, times: Times) -> dict[int, int]:
    """By the place of each time in which intervals ended: what our work explains of them."""
    return _sums(_OURS, account_id, times)


def unexplained(account_id: UUID, times: Times) -> dict[int, int]:
    """By the place of each time in which intervals ended that nobody explained: what of them is not our work."""
    return _sums(_OTHERS, account_id, times)


def _sums(select: str, account_id: UUID, times: Times) -> dict[int, int]:
    return {place: int(sum_) for place, sum_ in _told(select, account_id, times) if sum_ is not None}


def _told(select: str, account_id: UUID, times: Times) -> Iterator[tuple[Any, ...]]:
    moment = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    account = WalletSample._meta.get_field("account").get_db_prep_value(account_id, connection)
    adapt = connection.ops.adapt_datetimefield_value
    for start in range(0, len(times), _MOST_TIMES):
        chunk = list(enumerate(times))[start : start + _MOST_TIMES]
        rows = ", ".join([f"({place}, {moment}, {moment})" for place, _time in chunk])
        ends = [adapt(moment) for _place, time in chunk for moment in time]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH times (place, begins, ends) AS (VALUES {rows}) {select}", [*ends, account])
            yield from cursor.fetchall()

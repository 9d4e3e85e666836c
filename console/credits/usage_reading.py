"""Read usage: from the roll-ups and, in the same statement, from the lines that no roll-up counts yet.

So every answer equals the ledger at the moment it is read, whatever a worker is doing, and all answers of one reading
agree. The statement is put together as text: the ORM would take longer to write it than the database to answer it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from operator import add, itemgetter
from typing import Any, Final
from uuid import UUID

from django.db import connection

from console.credits.effects import FIGURES, Figures, effects_of
from console.credits.models import NOBODY, DayUsage, Entry, Unrolled, UsageSum
from console.credits.models.usage_sum import DAY_SIDES, DIMENSIONS, NOT_TOLD, SIDES
from console.credits.usage_periods import By, Span
from console.credits.usage_questions import AT, Wanted

Answer = dict[tuple[Any, ...], Figures]
_Part = tuple[str, list[Any]]
_Row = tuple[Any, ...]
_Sums = dict[tuple[Any, ...], tuple[Any, ...]]

_PLACE: Final = (AT, "media_kind", *DIMENSIONS)
_COLUMN: Final = {name: number for number, name in enumerate(_PLACE, 1)}  # behind the number of the answer
_FIGURES_FROM: Final = len(_PLACE) + 1
_IDS: Final = {"project_id", "person_id", "key_id"}
_WAITING: Final = -1
_SUMS: Final = ", ".join(f"SUM({name})" for name in FIGURES)


def read(*wanted: Wanted) -> list[Answer]:
    """An answer to each, as of one moment. All must be of one team."""
    parts = [_waiting(wanted[0].question.team_id)]
    parts += [part for number, each in enumerate(wanted) for part in _rolled(number, each)]
    sums: list[_Sums] = [{} for _ in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _values in parts), [value for _sql, values in parts for value in values]
        )
        rows: list[_Row] = cursor.fetchall()
    for number, found in groupby(rows, itemgetter(0)):
        if number == _WAITING:
            _add_waiting(wanted, sums, found)
        else:
            _add(wanted[number], sums[number], found)
    return [{key: Figures(*map(int, amounts)) for key, amounts in each.items()} for each in sums]


def _add_waiting(wanted: tuple[Wanted, ...], sums: list[_Sums], rows: Iterable[_Row]) -> None:
    for row in rows:
        place = {name: _understood(name, row[at]) for name, at in _COLUMN.items()}
        for one, each in zip(wanted, sums, strict=True):
            if one.question.holds(place):
                _add(one, each, [row])


def _add(wanted: Wanted, sums: _Sums, rows: Iterable[_Row]) -> None:
    """Only what is asked for is understood: a year by day has thousands of rows."""
    told = [(name, _COLUMN[name]) for name in wanted.by]
    start = wanted.bars.start if wanted.by[:1] == (AT,) and wanted.bars is not By.DAY else None
    for row in rows:
        key = tuple([_understood(name, row[at]) for name, at in told])
        if start:
            key = (start(key[0]), *key[1:])
        known, amounts = sums.get(key), row[_FIGURES_FROM:]
        sums[key] = tuple(map(add, known, amounts)) if known else amounts


@lru_cache(4096)
def _understood(name: str, value: str | None) -> Any:
    if name in _IDS:
        return UUID(value) if value else NOBODY
    return date.fromisoformat(value) if name == AT and value else value


def _rolled(number: int, wanted: Wanted) -> Iterator[_Part]:
    """What the roll-ups have: whole months by the month, the days before and after them by the day."""
    span, side = wanted.question.span, wanted.side
    months, edges = (None, [span]) if AT in wanted.by and wanted.bars is not By.MONTH else span.parted()
    grain = UsageSum.Grain
    if months:
        yield _part(number, wanted, months, "start", {"grain": grain.MONTH, "side": side})
    for edge in edges:
        if side in DAY_SIDES:
            yield _part(number, wanted, edge, "start", {"grain": grain.DAY, "side": side})
        else:
            yield _part(number, wanted, edge, "day", {})


def _part(number: int, wanted: Wanted, span: Span, day: str, where: Mapping[str, Any]) -> _Part:
    model = UsageSum if day == "start" else DayUsage
    columns = [{AT: day}.get(name, name) for name in _PLACE]
    told = [column if name in wanted.by else "" for name, column in zip(_PLACE, columns, strict=True)]
    conditions, values = ["team_id = %s", f"{day} BETWEEN %s AND %s"], [wanted.question.team_id, *_ends(span)]
    for name, value in {**where, **wanted.question.narrowed, **_one_place(wanted, model)}.items():
        several = value if isinstance(value, list) else [value]
        column = name.removesuffix("__in")
        conditions.append(f"{column} IN ({', '.join(['%s'] * len(several)) or 'NULL'})")
        values += several
    sql = (
        f"SELECT {number}, {', '.join(_as_text(column) for column in told)}, {_SUMS} FROM {model._meta.db_table} "  # noqa: S608 - our names
        f"WHERE {' AND '.join(conditions)} GROUP BY {', '.join(filter(None, ['team_id', *told]))}"
    )
    return sql, [_adapted(value) for value in values]


def _one_place(wanted: Wanted, model: type[UsageSum | DayUsage]) -> Mapping[str, Any]:
    """Where all that a side tells apart is asked for by name, its rows stand together in an index: the rest of it."""
    told, named = SIDES[wanted.side], {name.removesuffix("__in") for name in wanted.question.narrowed}
    if model is DayUsage or not named.issuperset(told):
        return {}
    return {name: value for name, value in NOT_TOLD.items() if name not in told}


def _waiting(team_id: UUID) -> _Part:
    """What the lines add that wait to be rolled up: few, unless no worker runs."""
    inner, values = _effects_of_waiting(connection.vendor)
    names = [{AT: "day", "person_id": "asker"}.get(name, name) for name in _PLACE]
    sums = ", ".join(f"{name}_sum" for name in FIGURES)
    # The team as text: no index on it may tempt the database away from starting at the waiting lines.
    sql = (
        f"SELECT {_WAITING}, {', '.join(map(_as_text, names))}, {sums} FROM ({inner}) waiting "  # noqa: S608 - our names
        f"WHERE {_as_text('team_id')} = %s"
    )
    return sql, [*values, str(_adapted(team_id))]


@cache
def _effects_of_waiting(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    waiting = Entry.objects.filter(pk__in=Unrolled.objects.values("entry_id"))
    names = ("team_id", "day", *_PLACE[1:])
    return effects_of(waiting, *names).query.sql_with_params()


def _ends(span: Span) -> tuple[date, date]:
    return span.first, span.last


def _as_text(column: str) -> str:
    return f"CAST({column} AS text)" if column else "''"


def _adapted(value: Any) -> Any:
    if connection.vendor != "sqlite":
        return value
    return _ADAPTED.get(type(value), str)(value)


_ADAPTED: Final[Mapping[type, Callable[[Any], Any]]] = {UUID: lambda value: value.hex}

"""Keep the roll-ups: every line of the ledger is counted once, in the transaction that forgets it was uncounted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from django.db import connection, models, transaction

from console.credits.effects import FIGURES, Figures, effects_of
from console.credits.models import NOBODY, DayUsage, Entry, EntryQuerySet, Unrolled, UsageSum
from console.credits.models.usage_sum import DAY_SIDES, DIMENSIONS, NOT_TOLD, SIDES

BATCH: Final = 1000
MOST_BATCHES: Final = 20  # then the worker looks at its clock again
DAY: Final = ("team_id", "day", "project_id", "person_id", "key_id", "model", "media_kind")
SUM: Final = ("team_id", "grain", "side", "start", *DIMENSIONS, "media_kind")
WITH_DAY: Final = ("month", "account_id")  # said with a day, not part of what tells it apart

Sums = dict[tuple[Any, ...], Figures]
Kept = Mapping[tuple[Any, ...], tuple[Any, ...]]


def roll_up() -> bool:
    """Count the lines that no roll-up counts yet, oldest first; any number of workers may. Whether there were any."""
    rolled = 0
    for _ in range(MOST_BATCHES):
        found = _roll_batch() if Unrolled.objects.exists() else 0  # cheap, and takes no write lock on SQLite
        rolled += found
        if found < BATCH:
            break
    return rolled > 0


def add(entries: EntryQuerySet) -> None:
    """Add these lines to the roll-ups, inside the transaction of the caller."""
    days: Sums = defaultdict(Figures)
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for *group, month, account_id, figures in told_apart(effects_of(entries, *DAY, *WITH_DAY), DAY):
        days[tuple(group)] += figures
        kept.setdefault(tuple(group), (month, account_id))
    # Always in one order: two workers that add to the same rows must not wait for each other crosswise.
    _upsert(DayUsage, DAY, days, WITH_DAY, kept)
    _upsert(UsageSum, SUM, coarser(days), (), {})


def told_apart(rows: Iterable[tuple[Any, ...]], by: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The rows of `effects_of` and `sums_of` with their figures as one, and nobody by name."""
    width, person = len(FIGURES), by.index("person_id")
    for row in rows:
        group, figures = list(row[:-width]), Figures(*row[-width:])
        group[person] = group[person] or NOBODY
        yield (*group, figures)


def coarser(days: Mapping[tuple[Any, ...], Figures]) -> Sums:
    """What UsageSum must hold for these sums of days."""
    found: Sums = defaultdict(Figures)
    for (team, day, *values, kind), figures in days.items():
        told = dict(zip(DIMENSIONS, values, strict=True))
        for side, names in SIDES.items():
            one = tuple(told[name] if name in names else NOT_TOLD[name] for name in DIMENSIONS)
            found[team, UsageSum.Grain.MONTH.value, side, day.replace(day=1), *one, kind] += figures
            if side in DAY_SIDES:
                found[team, UsageSum.Grain.DAY.value, side, day, *one, kind] += figures
    return found


def _roll_batch() -> int:
    with transaction.atomic():
        free = Unrolled.objects.order_by("entry_id").select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        chosen = list(free.values_list("entry_id", flat=True)[:BATCH])
        add(Entry.objects.filter(pk__in=chosen))
        Unrolled.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _upsert(model: type[models.Model], by: tuple[str, ...], sums: Sums, also: tuple[str, ...], kept: Kept) -> None:
    table, names = model._meta.db_table, (*by, *also, *FIGURES)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in FIGURES)
    sql = (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))}) "  # noqa: S608 - our names
        f"ON CONFLICT ({', '.join(by)}) DO UPDATE SET {added}"
    )
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in names]
    rows = [
        [
            field.get_db_prep_value(value, connection)
            for field, value in zip(fields, (*key, *kept.get(key, ()), *sums[key].parts), strict=True)
        ]
        for key in sorted(sums)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)

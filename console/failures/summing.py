"""Add to sums and take from them, a whole batch in two statements each."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from console.failures.models import CauseDay, CauseShare

DAYS: Final = ("cause_id", "day")
SHARES: Final = ("cause_id", "project_id", "person_id")


def move_days(sums: Mapping[Any, int]) -> None:
    """By how much the days of causes change: (cause, day) → change."""
    _move(CauseDay, DAYS, sums)


def move_shares(sums: Mapping[Any, int]) -> None:
    """By how much the shares of causes change: (cause, project, person) → change."""
    _move(CauseShare, SHARES, sums)


def _move(model: type[CauseDay] | type[CauseShare], names: tuple[str, ...], sums: Mapping[Any, int]) -> None:
    """A row that is added to may be new; one that is taken from is there, and goes when nothing is left of it."""
    added = {key: change for key, change in sums.items() if change > 0}
    taken = {key: -change for key, change in sums.items() if change < 0}
    table, columns = model._meta.db_table, ", ".join(names)
    insert = (
        f"INSERT INTO {table} ({columns}, count) VALUES ({', '.join(['%s'] * (len(names) + 1))}) "  # noqa: S608 - ours
        f"ON CONFLICT ({columns}) DO UPDATE SET count = {table}.count + excluded.count"
    )
    update = f"UPDATE {table} SET count = count - %s WHERE {' AND '.join(f'{name} = %s' for name in names)}"  # noqa: S608
    fields: list[Any] = [field for name in names for field in model._meta.concrete_fields if field.attname == name]

    def ready(key: tuple[Any, ...]) -> list[Any]:
        return [field.get_db_prep_value(value, connection) for field, value in zip(fields, key, strict=True)]

    with connection.cursor() as cursor:
        # In one order, whoever writes: two workers must not wait for each other crosswise.
        cursor.executemany(insert, [[*ready(key), added[key]] for key in sorted(added)])
        cursor.executemany(update, [[taken[key], *ready(key)] for key in sorted(taken)])
    if taken:
        model.objects.filter(cause_id__in={key[0] for key in taken}, count=0).delete()

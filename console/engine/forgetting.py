"""Take out of the cache's table what has run out: Django itself does so only when the table is full."""

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

BATCH = 10_000  # a delete that stays short, so that a request's write does not wait for it


def forget_what_ran_out() -> bool:
    """Returns whether anything had."""
    table, key, expires = map(connection.ops.quote_name, (cache._table, "cache_key", "expires"))  # type: ignore[attr-defined]
    old = f"SELECT {key} FROM {table} WHERE {expires} < %s LIMIT {BATCH}"  # noqa: S608 - names of our own
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({old})", [now])  # noqa: S608 - the same
        return bool(cursor.rowcount)

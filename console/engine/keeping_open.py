"""SQLite: one connection stays open as long as the process, because whoever closes the last one must tidy up.

Every request closes its connection. Were it the last, SQLite would write the whole log back into the file, sync it and
remove the log, and the next connection would make it anew: three times the time of a commit, and a window in which
somebody else opens what is just being removed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from django.db import connections


@contextmanager
def kept_open() -> Iterator[None]:
    """As long as this lasts, no connection of the process is its last one. Does nothing on other databases."""
    with ExitStack() as stack:
        for connection in connections.all():
            path = str(connection.settings_dict["NAME"])
            if connection.vendor == "sqlite" and Path(path).is_file():  # not one in memory
                stack.enter_context(closing(_opened(path)))
        yield


def _opened(path: str) -> sqlite3.Connection:
    kept = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
    kept.execute("PRAGMA journal_mode=WAL")
    kept.execute("PRAGMA schema_version").fetchone()  # SQLite opens the log when it is first read
    return kept

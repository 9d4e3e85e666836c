"""A SQLite file of its own for what is tried with several connections and processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: Any) -> Iterator[ConnectionHandler]:
    """A database on disk, with a connection for each thread that asks."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
    name = str(tmp_path / "queue.sqlite3")
    handler = ConnectionHandler({"default": {"ENGINE": "console.engine.sqlite", "NAME": name, "OPTIONS": options}})
    with django_db_blocker.unblock():
        with handler["default"].cursor() as cursor:
            cursor.execute("CREATE TABLE line (text TEXT)")
        yield handler
        handler["default"].close()

"""As long as a process lives, closing a connection is not the end of SQLite's log."""

from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from console.engine import keeping_open


@pytest.fixture
def database(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    options = {"init_command": "PRAGMA journal_mode=WAL"}
    named = {"ENGINE": "console.engine.sqlite", "NAME": str(tmp_path / "console.sqlite3"), "OPTIONS": options}
    databases = ConnectionHandler({"default": named})
    monkeypatch.setattr(keeping_open, "connections", databases)
    write(databases, "CREATE TABLE told (words text)")
    return databases


def write(databases: Any, statement: str) -> None:
    with databases["default"].cursor() as cursor:
        cursor.execute(statement)
    databases["default"].close()


def test_the_log_stays_until_the_process_leaves(database: Any, tmp_path: Path) -> None:
    log = tmp_path / "console.sqlite3-wal"
    assert not log.exists()
    with keeping_open.kept_open():
        write(database, "INSERT INTO told VALUES ('a')")
        assert log.exists()
    assert not log.exists()


def test_a_database_that_is_not_there_yet_is_left_alone(database: Any, tmp_path: Path) -> None:
    (tmp_path / "console.sqlite3").unlink()
    with keeping_open.kept_open():
        assert not (tmp_path / "console.sqlite3").exists()

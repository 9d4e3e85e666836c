"""Processes write to a SQLite file one after the other, and none while the log of another's is copied back."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler

from console.engine.sqlite.lock_file import LockFile
from tests.engine.writing import begin, lines, wait_no_longer, write
from tests.stack import ROOT


def test_no_other_process_writes_until_the_log_is_copied_back(
    database: ConnectionHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite copies the log back within the commit, after it has let the next writer in."""
    mine: Any = database["default"]
    others_pen = LockFile(str(tmp_path / "queue.sqlite3-writing"))
    free: list[bool] = []

    def look() -> None:
        free.append(others_pen.take())
        others_pen.release()

    plain: Any = DatabaseWrapper._commit  # type: ignore[attr-defined]

    def commit(wrapper: Any) -> None:
        plain(wrapper)
        look()

    monkeypatch.setattr(DatabaseWrapper, "_commit", commit)
    begin(mine)
    look()
    mine.commit()
    look()
    assert free == [False, False, True]
    mine.set_autocommit(True)


def test_who_holds_the_pen_is_waited_for_and_then_told_of(database: ConnectionHandler, tmp_path: Path) -> None:
    mine: Any = database["default"]
    others_pen = LockFile(str(tmp_path / "queue.sqlite3-writing"))
    assert others_pen.take()
    timer = threading.Timer(0.2, others_pen.release)
    timer.start()
    write(mine, "after it")
    timer.join()
    assert others_pen.take()
    wait_no_longer(mine)
    attempts: list[Callable[[], None]] = [
        lambda: write(mine, "never"),
        lambda: begin(mine),
        lambda: write_several(mine, ["never", "never"]),
    ]
    for attempt in attempts:
        with pytest.raises(OperationalError, match="locked"):
            attempt()
        assert not mine._queue._is_taken
    others_pen.release()
    write_several(mine, ["a", "b"])
    assert lines(mine) == ["after it", "a", "b"]
    assert others_pen.take()


def write_several(wrapper: Any, texts: list[str]) -> None:
    with wrapper.cursor() as cursor:
        cursor.executemany("INSERT INTO line VALUES (%s)", ([text] for text in texts))


BORROWER = """
import sys
from console.engine.sqlite.lock_file import LockFile
print(LockFile(sys.argv[1]).take(), flush=True)
sys.stdin.read()
"""


def test_a_killed_process_leaves_its_pen(database: ConnectionHandler, tmp_path: Path) -> None:
    path = str(tmp_path / "queue.sqlite3-writing")
    with subprocess.Popen([sys.executable, "-c", BORROWER, path], cwd=ROOT, stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        assert not LockFile(path).take()
        other.kill()
        other.wait()
        assert LockFile(path).take()


def test_a_row_that_is_asked_back_is_committed_with_the_pen_in_hand(
    database: ConnectionHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django asks for the key of each new row so."""
    mine: Any = database["default"]
    seen_at_release: list[int] = []
    with sqlite3.connect(tmp_path / "queue.sqlite3") as other:
        release = mine._pen.release

        def look() -> None:
            seen_at_release.append(other.execute("SELECT count(*) FROM line").fetchone()[0])
            release()

        monkeypatch.setattr(mine._pen, "release", look)
        with mine.cursor() as cursor:
            cursor.execute("INSERT INTO line VALUES ('a'), ('b'), ('c') RETURNING text")
            assert cursor.fetchone() == ("a",)
            assert cursor.fetchmany(1) == [("b",)]
            assert cursor.fetchall() == [("c",)]
            assert cursor.fetchone() is None
            cursor.execute("INSERT INTO line VALUES ('d'), ('e') RETURNING text")
            assert [*cursor] == [("d",), ("e",)]
            assert cursor.execute("SELECT count(*) FROM line").fetchone() == (5,)
    other.close()
    assert seen_at_release == [3, 5]


def test_a_pen_that_cannot_be_had_stops_nobody_later(
    database: ConnectionHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine: Any = database["default"]
    path = tmp_path / "elsewhere"
    monkeypatch.setattr(mine, "_pen", LockFile(str(path / "pen")))
    with pytest.raises(OperationalError, match="unable to open"):
        write(mine, "never")
    with pytest.raises(OperationalError, match="unable to open"):
        begin(mine)
    assert not mine._queue._is_taken
    path.mkdir()
    write(mine, "later")
    assert lines(mine) == ["later"]

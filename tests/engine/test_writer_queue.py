"""Writers of SQLite go first come, first served, and nobody keeps a turn that they do not use."""

import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.db.utils import ConnectionHandler

from console.engine.sqlite.crowd import Crowd
from console.engine.sqlite.queue import WriterQueue
from tests.engine.writing import begin, lines, wait_no_longer, write
from tests.stack import ROOT, eventually

WAITING = 12


def test_who_came_first_writes_first(database: ConnectionHandler) -> None:
    mine: Any = database["default"]
    begin(mine)
    threads = []
    for number in range(WAITING):
        threads.append(threading.Thread(target=_write_in_turn, args=(database, str(number))))
        threads[-1].start()
        eventually(lambda: len(mine._queue._waiting) == len(threads), every_seconds=0.001)
    mine.commit()
    mine.set_autocommit(True)
    for thread in threads:
        thread.join()
    assert lines(mine) == [str(number) for number in range(WAITING)]


def _write_in_turn(database: ConnectionHandler, text: str) -> None:
    wrapper: Any = database["default"]
    if int(text) % 2:
        write(wrapper, text)  # outside a transaction
    else:
        begin(wrapper)
        write(wrapper, text)
        wrapper.commit()
        wrapper.set_autocommit(True)
    wrapper.close()


def test_a_turn_ends_with_commit_rollback_and_a_closed_connection(database: ConnectionHandler) -> None:
    mine: Any = database["default"]
    for end in (mine.commit, mine.rollback, mine.close):
        begin(mine)
        assert mine._queue._is_taken
        end()
        assert not mine._queue._is_taken
        mine.set_autocommit(True)


def test_a_turn_ends_when_the_write_fails(database: ConnectionHandler) -> None:
    mine: Any = database["default"]
    with pytest.raises(OperationalError), mine.cursor() as cursor:
        cursor.execute("INSERT INTO no_such_table VALUES (1)")
    assert not mine._queue._is_taken


def test_who_waits_too_long_is_told_and_leaves_the_queue(database: ConnectionHandler) -> None:
    mine: Any = database["default"]
    told: list[str] = []

    def wait() -> None:
        wrapper: Any = database["default"]
        with pytest.raises(OperationalError) as failure:
            begin(wrapper)
        told.append(str(failure.value))
        wrapper.close()

    begin(mine)
    wait_no_longer(mine)
    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert "locked" in told[0]
    assert not mine._queue._waiting
    mine.rollback()
    assert not mine._queue._is_taken


def test_another_process_is_waited_for_and_then_told_of(database: ConnectionHandler, tmp_path: Path) -> None:
    mine: Any = database["default"]
    other = sqlite3.connect(tmp_path / "queue.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ["COMMIT"])
    timer.start()
    begin(mine)
    mine.rollback()
    mine.set_autocommit(True)
    timer.join()
    other.execute("BEGIN IMMEDIATE")
    wait_no_longer(mine)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        begin(mine)
    assert time.monotonic() - began >= 1  # as long as the settings say
    assert not mine._queue._is_taken
    other.close()


def test_nested_transactions_are_one_turn(database: ConnectionHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "get_connection", lambda using=None: database["default"])
    mine: Any = database["default"]
    with transaction.atomic():
        with transaction.atomic():
            write(mine, "inner")
        assert mine._queue._is_taken
        write(mine, "outer")
    assert not mine._queue._is_taken
    assert lines(mine) == ["inner", "outer"]


def test_a_turn_that_comes_at_the_last_moment_is_taken() -> None:
    queue = WriterQueue()
    assert queue.enter(0)
    late = threading.Timer(0.05, queue.leave)
    late.start()
    assert queue.enter(5)
    late.join()
    assert not queue.enter(0)
    queue.leave()
    assert queue.enter(0)


HOG = """
import sys, time
from django.conf import settings
settings.configure()
from django.db.utils import ConnectionHandler
options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
told = {"ENGINE": "console.engine.sqlite", "NAME": sys.argv[1], "OPTIONS": options}
wrapper = ConnectionHandler({"default": told})["default"]
while True:
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    wrapper.cursor().execute("INSERT INTO line VALUES ('hog')")
    time.sleep(0.02)
    wrapper.commit()
    wrapper.set_autocommit(True)
"""


def test_a_process_that_always_has_more_lets_others_in_between(database: ConnectionHandler, tmp_path: Path) -> None:
    mine: Any = database["default"]
    hog = subprocess.Popen([sys.executable, "-c", HOG, str(tmp_path / "queue.sqlite3")], cwd=ROOT)
    passed = []
    try:
        eventually(lambda: len(lines(mine)) > 3)
        for _ in range(21):
            before = len(lines(mine))
            begin(mine)
            passed.append(len(lines(mine)) - before)
            mine.rollback()
            mine.set_autocommit(True)
            time.sleep(0.01)
    finally:
        hog.kill()
        hog.wait()
    assert statistics.median(passed) <= 2, passed


def test_who_waits_is_known_to_others_until_they_end(tmp_path: Path) -> None:
    one, other = Crowd(str(tmp_path / "db")), Crowd(str(tmp_path / "db"))
    assert not one.others_wait()
    other.wait()
    assert one.others_wait()
    one.wait()
    assert other.others_wait()
    one.stop_waiting()
    other.stop_waiting()
    assert not one.others_wait()
    assert not other.others_wait()

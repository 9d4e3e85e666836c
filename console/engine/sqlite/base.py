"""What Django looks for in a database engine."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import OperationalError
from django.db.backends.sqlite3 import base

from console.engine.sqlite.crowd import Crowd
from console.engine.sqlite.cursor import Cursor
from console.engine.sqlite.lock_file import LockFile
from console.engine.sqlite.queue import WriterQueue

PAUSES_SECONDS = (0.02, 0.1, 0.4)
LOOK_AGAIN_SECONDS = 0.002  # whoever lets others go first sleeps as long; see `_patiently`
READING = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

log = structlog.get_logger("console.engine")
_queues: dict[str, WriterQueue] = {}
_crowds: dict[str, Crowd] = {}
_pens: dict[str, LockFile] = {}


class AnotherWrites(OperationalError):
    """Another process holds the pen."""


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite for many threads: writers of the process queue up, and a connection that does not open is tried again.

    A transaction that wants to write (`BEGIN IMMEDIATE`) waits for its turn among the threads of this process. Only
    whoever is first asks SQLite, every two milliseconds, until other processes let go of the file, and lets a process
    go first that waits already.

    Whoever writes holds the pen, a lock on a file beside the database, until its transaction is committed and the log
    is copied back, if SQLite takes that for the moment to do it (a checkpoint). SQLite itself lets other processes
    write during a checkpoint; up to 3.51.2 it may then take for copied what they begin the log anew with, and the file
    is malformed (sqlite.org/wal.html, "The WAL-Reset Bug"). Debian's Python has such a version.
    """

    transaction_mode: str | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        name = str(self.settings_dict["NAME"])
        self._queue = _queues.setdefault(name, WriterQueue())
        self._crowd = _crowds.setdefault(name, Crowd(name))
        self._pen = _pens.setdefault(name, LockFile(f"{name}-writing"))
        self._has_turn = False
        self.execute_wrappers.append(self._in_turn)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Seen during deploys with fifty open streams: one connection in thousands fails with `disk I/O error`.

        A connection that was never there has done nothing, so it is opened again. What SQLite calls it is logged.
        """
        for pause in PAUSES_SECONDS:
            try:
                return super().get_new_connection(conn_params)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_IOERR:
                    raise
                log.warning("database_not_opened", error=error.sqlite_errorname)
                time.sleep(pause)
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode != "IMMEDIATE" or self.is_in_memory_db():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        self._take_turn()
        try:
            self._patiently(lambda: self.cursor().execute("BEGIN IMMEDIATE"))
        except BaseException:
            self._end_turn()
            raise

    def _in_turn(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement that writes outside a transaction queues up as well."""
        is_alone = not self.in_atomic_block and not self._has_turn and self.get_autocommit()
        if not is_alone or sql.lstrip().startswith(READING) or self.is_in_memory_db():
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            if many:  # its rows may be there to be read only once, so nothing is tried again
                self._patiently(lambda: None)
                return execute(sql, params, many, context)
            return self._patiently(lambda: execute(sql, params, many, context))
        finally:
            self._end_turn()

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask SQLite with the pen in hand, until no other process writes.

        Its own waiting is off meanwhile: it looks more and more seldom. A process that waits already goes first.
        """
        deadline = time.monotonic() + self._patience_seconds
        self.ensure_connection()
        plain: sqlite3.Connection = self.connection
        is_first_look = not self._crowd.others_wait()
        self._crowd.wait()
        plain.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                if not is_first_look:
                    time.sleep(LOOK_AGAIN_SECONDS)
                is_first_look = False
                try:
                    return self._with_the_pen(ask)
                except OperationalError as error:
                    if not _is_busy(error) or time.monotonic() > deadline:
                        raise
        finally:
            plain.execute(f"PRAGMA busy_timeout = {int(self._patience_seconds * 1000)}")
            self._crowd.stop_waiting()

    def _with_the_pen(self, ask: Callable[[], Any]) -> Any:
        if not self._pen.take():
            raise AnotherWrites("database is locked: another process writes")
        return ask()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    @property
    def _patience_seconds(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _take_turn(self) -> None:
        if not self._queue.enter(self._patience_seconds):
            raise OperationalError("database is locked: many writers wait")
        self._has_turn = True

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            try:
                self._pen.release()
            finally:
                self._queue.leave()


def _is_busy(error: OperationalError) -> bool:
    if isinstance(error, AnotherWrites):
        return True
    cause = error.__cause__
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY

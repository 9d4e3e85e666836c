"""What Django looks for in a database engine."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import OperationalError
from django.db.backends.sqlite3 import base

from console.engine.sqlite.queue import WriterQueue

PAUSES_SECONDS = (0.02, 0.1, 0.4)
LOOK_AGAIN_SECONDS = 0.002
READING = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "VACUUM")

log = structlog.get_logger("console.engine")
_queues: dict[str, WriterQueue] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite for many threads: writers of the process queue up, and a connection that does not open is tried again.

    A transaction that wants to write (`BEGIN IMMEDIATE`) waits for its turn among the threads of this process, and
    only whoever is first asks SQLite, every two milliseconds, until other processes let go of the file.
    """

    transaction_mode: str | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._queue = _queues.setdefault(str(self.settings_dict["NAME"]), WriterQueue())
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

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode != "IMMEDIATE" or self.is_in_memory_db():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        deadline = time.monotonic() + self._patience_seconds
        self._take_turn()
        try:
            self._begin_before(deadline)
        except BaseException:
            self._end_turn()
            raise

    def _begin_before(self, deadline: float) -> None:
        """Begin as soon as no other process writes; SQLite's own waiting is off meanwhile, as it looks too seldom."""
        self.ensure_connection()
        plain: sqlite3.Connection = self.connection
        plain.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self.cursor().execute("BEGIN IMMEDIATE")
                    return
                except OperationalError as error:
                    cause = error.__cause__
                    is_busy = isinstance(cause, sqlite3.OperationalError) and (
                        cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                    )
                    if not is_busy or time.monotonic() > deadline:
                        raise
                time.sleep(LOOK_AGAIN_SECONDS)
        finally:
            plain.execute(f"PRAGMA busy_timeout = {int(self._patience_seconds * 1000)}")

    def _in_turn(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement that writes outside a transaction queues up as well."""
        is_alone = not self.in_atomic_block and not self._has_turn and self.get_autocommit()
        if not is_alone or sql.lstrip().startswith(READING) or self.is_in_memory_db():
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._end_turn()

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
            self._queue.leave()

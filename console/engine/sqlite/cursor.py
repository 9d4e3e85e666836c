"""A cursor that is done with a writing statement when `execute` is."""

from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper


class Cursor(SQLiteCursorWrapper):
    """Outside a transaction SQLite commits `INSERT … RETURNING` when its last row is read: it is read at once.

    So the commit lies within the writer's turn, as that of every other statement does.
    """

    _rows: list[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        self._rows = None
        answer = super().execute(query, params)
        if "RETURNING" in query and not self.connection.in_transaction:
            self._rows = super().fetchall()
        return answer

    def fetchone(self) -> Any:
        if self._rows is None:
            return super().fetchone()
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        count = self.arraysize if size is None else size
        if self._rows is None:
            return super().fetchmany(count)
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows

    def fetchall(self) -> list[Any]:
        if self._rows is None:
            return super().fetchall()
        rows, self._rows = self._rows, []
        return rows

    def __next__(self) -> Any:
        if self._rows is None:
            return super().__next__()
        if not self._rows:
            raise StopIteration
        return self._rows.pop(0)

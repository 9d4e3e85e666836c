"""A database file that the system fails to open for a moment."""

import sqlite3
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from console.engine.sqlite import base


class Failing(sqlite3.Connection):
    """Fails so often with that code at its first statement."""

    left = 0
    code = sqlite3.SQLITE_IOERR | (2 << 8)

    def execute(self, *arguments: Any) -> Any:
        if Failing.left:
            Failing.left -= 1
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode, error.sqlite_errorname = Failing.code, "SQLITE_IOERR_SHORT_READ"
            raise error
        return super().execute(*arguments)


@pytest.fixture
def wrapper(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(base, "PAUSES_SECONDS", (0, 0, 0))
    return ConnectionHandler({"default": {"ENGINE": "console.engine.sqlite", "NAME": ":memory:"}})["default"]


def opened(wrapper: Any) -> Any:
    return wrapper.get_new_connection({**wrapper.get_connection_params(), "factory": Failing})


def test_it_is_opened_again(wrapper: Any) -> None:
    Failing.left = 3
    assert opened(wrapper).execute("SELECT 1").fetchone() == (1,)


def test_what_stays_broken_is_told(wrapper: Any) -> None:
    Failing.left = 4
    with pytest.raises(sqlite3.OperationalError):
        opened(wrapper)
    assert Failing.left == 0


def test_other_errors_are_told_at_once(wrapper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failing, "code", sqlite3.SQLITE_CANTOPEN)
    Failing.left = 2
    with pytest.raises(sqlite3.OperationalError):
        opened(wrapper)
    assert Failing.left == 1
    Failing.left = 0

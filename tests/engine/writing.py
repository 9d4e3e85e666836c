"""Write to a SQLite file as the console does, one statement or transaction at a time."""

from typing import Any


def wait_no_longer(wrapper: Any) -> None:
    """From now on whoever writes is told after a second that others do."""
    wrapper.settings_dict["OPTIONS"]["timeout"] = 1


def begin(wrapper: Any) -> None:
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(wrapper: Any, text: str) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO line VALUES (%s)", [text])


def lines(wrapper: Any) -> list[str]:
    with wrapper.cursor() as cursor:
        return [row[0] for row in cursor.execute("SELECT text FROM line ORDER BY rowid").fetchall()]

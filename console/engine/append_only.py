"""Tables whose rows are only ever added: the database refuses to change or remove one, whoever asks.

SQLite drops a table's triggers when a later migration rebuilds it (a changed field, not an added one): such a migration
has to run `protect` again. tests/house/test_append_only.py fails when it does not.
"""

from collections.abc import Callable
from typing import Any

from django.db.migrations import RunPython

SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION console_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';
END $$
"""
POSTGRESQL = """
CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION console_append_only()
"""


def statements(vendor: str, table: str) -> list[str]:
    """SQL that makes a table append-only; may be run again."""
    if vendor == "sqlite":
        return [SQLITE.format(table=table, act=act) for act in ("UPDATE", "DELETE")]
    return [POSTGRESQL_FUNCTION, POSTGRESQL.format(table=table)]


def undoing(vendor: str, table: str) -> list[str]:
    """SQL that lets rows be changed again: for a migration that has to, and for tests that empty their tables."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{act}" for act in ("UPDATE", "DELETE")]
    return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]


def protect(table: str) -> RunPython:
    """The migration operation."""
    return RunPython(_running(statements, table), _running(undoing, table))


def _running(sql: Callable[[str, str], list[str]], table: str) -> Callable[[Any, Any], None]:
    def run(_apps: Any, schema_editor: Any) -> None:
        for statement in sql(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)

    return run

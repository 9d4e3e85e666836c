"""Triggers that note which job has to be looked at, whoever changes it; and all jobs that have failed so far.

A later migration that makes SQLite rebuild `jobs_job` or `jobs_result` (a changed field, not an added one) drops the
triggers on it: such a migration has to run `SQLITE` again. tests/failures/test_grouping.py fails when it does not.
"""

from django.db import migrations

# ruff: noqa: S608 - every name in these statements is ours
_BAD = "('failed', 'refused', 'unknown', 'needs_review')"
_JOB_NEW = f"(NEW.status IN {_BAD} OR NEW.error_code <> '')"
_JOB_OLD = f"(OLD.status IN {_BAD} OR OLD.error_code <> '')"
_COLUMNS = "status, error_code, error_message, final_credits, reserved_credits"
_RESULT_NEW = "NEW.state IN ('lost', 'held')"
_RESULT_OLD = "OLD.state IN ('lost', 'held')"

_ON = (  # name, table, event, when, the job's id
    ("failures_job_written", "jobs_job", "INSERT", _JOB_NEW, "NEW.id"),
    (
        "failures_job_changed",
        "jobs_job",
        f"UPDATE OF {_COLUMNS}",
        f"({_JOB_NEW} OR {_JOB_OLD}) AND (NEW.status <> OLD.status OR NEW.error_code <> OLD.error_code"
        " OR NEW.error_message <> OLD.error_message"
        " OR coalesce(NEW.final_credits, -1) <> coalesce(OLD.final_credits, -1)"
        " OR coalesce(NEW.reserved_credits, -1) <> coalesce(OLD.reserved_credits, -1))",
        "NEW.id",
    ),
    ("failures_result_written", "jobs_result", "INSERT", _RESULT_NEW, "NEW.job_id"),
    (
        "failures_result_changed",
        "jobs_result",
        "UPDATE OF state, problem",
        f"({_RESULT_NEW} OR {_RESULT_OLD}) AND (NEW.state <> OLD.state OR NEW.problem <> OLD.problem)",
        "NEW.job_id",
    ),
)

SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} WHEN {when} BEGIN"
    f" INSERT INTO failures_changed (job_id) VALUES ({job}); END"
    for name, table, event, when, job in _ON
)
POSTGRESQL = tuple(
    statement
    for name, table, event, when, job in _ON
    for statement in (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO failures_changed (job_id) VALUES ({job}); RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({when})"
        f" EXECUTE FUNCTION {name}()",
    )
)
SO_FAR = (
    f"INSERT INTO failures_changed (job_id) SELECT id FROM jobs_job WHERE status IN {_BAD} OR error_code <> ''",
    "INSERT INTO failures_changed (job_id) SELECT DISTINCT job_id FROM jobs_result WHERE state IN ('lost', 'held')",
)


def watch(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in (*statements, *SO_FAR):
        schema_editor.execute(statement)


def unwatch(apps, schema_editor):
    for name, table, *_ in _ON:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("failures", "0001_initial"), ("jobs", "0006_opened")]
    operations = [migrations.RunPython(watch, unwatch)]

"""The text index of jobs: FTS5 on SQLite, a GIN index on PostgreSQL, both filled by triggers.

Beside the words of prompt and model name a row holds what a job never changes (team, project, kind, model, person) as
tokens, so that any combination of them is read from the index alone, newest first. `console.jobs.searching` reads it.

A later migration that makes SQLite rebuild `jobs_job` (a changed field, not an added one) drops the triggers on it: such a
migration has to run `SQLITE_TRIGGERS` again. tests/jobs/test_searching.py fails when it does not.
"""

from django.db import migrations

SQLITE_TABLE = """
CREATE VIRTUAL TABLE jobs_words USING fts5(
    facets, words, content='', columnsize=0, prefix='3', tokenize="unicode61 remove_diacritics 2"
)
"""

SQLITE_TRIGGERS = (
    """
CREATE TRIGGER jobs_job_written AFTER INSERT ON jobs_job BEGIN
    INSERT INTO jobs_searchentry (job_id) VALUES (NEW.id);
    INSERT INTO jobs_words (rowid, facets, words)
        SELECT entry.id,
            't' || job.team_id || ' p' || job.project_id || ' k' || hex(job.kind) || ' m' || hex(job.model)
                || coalesce(' u' || job.created_by_id, ''), job.model_name || ' ' || job.prompt
        FROM jobs_searchentry AS entry JOIN jobs_job AS job ON job.id = entry.job_id WHERE entry.job_id = NEW.id;
END
""",
    """
CREATE TRIGGER jobs_searchentry_removed BEFORE DELETE ON jobs_searchentry
WHEN EXISTS (SELECT 1 FROM jobs_job WHERE id = OLD.job_id) BEGIN
    INSERT INTO jobs_words (jobs_words, rowid, facets, words)
        SELECT 'delete', OLD.id,
            't' || job.team_id || ' p' || job.project_id || ' k' || hex(job.kind) || ' m' || hex(job.model)
                || coalesce(' u' || job.created_by_id, ''), job.model_name || ' ' || job.prompt
        FROM jobs_job AS job WHERE job.id = OLD.job_id;
END
""",
)

POSTGRESQL = (
    "ALTER TABLE jobs_searchentry ADD COLUMN document tsvector",
    "CREATE INDEX jobs_words ON jobs_searchentry USING gin (document)",
    """
CREATE FUNCTION jobs_index_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs_searchentry (job_id, document) VALUES (
        NEW.id,
        to_tsvector('simple', regexp_replace(NEW.model_name || ' ' || NEW.prompt, '[^[:alnum:]]+', ' ', 'g'))
            || array_to_tsvector(array_remove(ARRAY[
            '=t' || replace(NEW.team_id::text, '-', ''),
            '=p' || replace(NEW.project_id::text, '-', ''),
            '=k' || encode(convert_to(NEW.kind, 'UTF8'), 'hex'),
            '=m' || encode(convert_to(NEW.model, 'UTF8'), 'hex'),
            '=u' || replace(NEW.created_by_id::text, '-', '')
        ], NULL))
    );
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER jobs_job_written AFTER INSERT ON jobs_job FOR EACH ROW EXECUTE FUNCTION jobs_index_words()",
)


def index_words(apps, schema_editor):
    statements = {"sqlite": (SQLITE_TABLE, *SQLITE_TRIGGERS), "postgresql": POSTGRESQL}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_search_entry")]
    operations = [migrations.RunPython(index_words)]

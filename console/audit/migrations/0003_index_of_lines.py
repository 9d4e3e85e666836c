"""The index of the log's lines: FTS5 on SQLite, a GIN index on PostgreSQL; lines that are there get their places.

A later migration that makes SQLite rebuild `audit_searchentry` drops its trigger: it has to run `SQLITE_TRIGGER` again.
tests/audit/test_filters.py fails when it does not.
"""

from django.db import migrations

from console.audit.words import facets_of, indexed_words

SQLITE_TABLE = """
CREATE VIRTUAL TABLE audit_words USING fts5(
    facets, words, content='', columnsize=0, prefix='3', tokenize="unicode61 remove_diacritics 2"
)
"""
SQLITE_TRIGGER = """
CREATE TRIGGER audit_searchentry_written AFTER INSERT ON audit_searchentry BEGIN
    INSERT INTO audit_words (rowid, facets, words) VALUES (NEW.id, NEW.facets, NEW.words);
END
"""
# The words as they are: PostgreSQL's own parser takes the beginning of an id such as 12e34abc for a number.
POSTGRESQL = (
    """
ALTER TABLE audit_searchentry ADD COLUMN document tsvector GENERATED ALWAYS AS (
    array_to_tsvector(array_remove(string_to_array(lower(words), ' '), ''))
    || array_to_tsvector(string_to_array('=' || replace(facets, ' ', ' ='), ' '))
) STORED
""",
    "CREATE INDEX audit_words ON audit_searchentry USING gin (document)",
)
BATCH = 1000


def make_index(apps, schema_editor):
    statements = {"sqlite": (SQLITE_TABLE, SQLITE_TRIGGER), "postgresql": POSTGRESQL}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def place_lines(apps, schema_editor):
    line, place = apps.get_model("audit", "AuditEvent"), apps.get_model("audit", "SearchEntry")
    batch = []
    for event in line.objects.order_by("at", "id").iterator(chunk_size=BATCH):
        batch.append(place(event=event, facets=facets_of(event), words=indexed_words(event)))
        if len(batch) == BATCH:
            place.objects.bulk_create(batch)
            batch = []
    place.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_search_entry")]
    operations = [
        migrations.RunPython(make_index),
        migrations.RunPython(place_lines),
    ]

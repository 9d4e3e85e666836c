"""The text index of conversations: FTS5 on SQLite, a GIN index on PostgreSQL, both filled by triggers.

A row a title and a row a turn (question and answer). Beside the words a row holds team and project as tokens, as the
index of jobs does (jobs, migration `search`). `console.chat.searching` reads it.

A later migration that makes SQLite rebuild `chat_turn` or `chat_conversation` (a changed field, not an added one) drops
the triggers on it: such a migration has to run `SQLITE_TRIGGERS` again. tests/chat/test_searching.py fails when it does
not.
"""

from django.db import migrations

# Of a text the first so many characters are indexed: a tsvector holds no more than a megabyte.
SAID = "substr({row}.question || ' ' || {row}.answer, 1, 200000)"

# Without an index of beginnings, unlike that of jobs: answers are long, and it would take as much room as their words.
SQLITE_TABLE = """
CREATE VIRTUAL TABLE chat_words USING fts5(
    facets, words, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2"
)
"""

# Where the row of a title (position 0) or turn is, and what it belongs to.
PLACE = """
    SELECT {what} (entry.id << 20) + {position}, 't' || conversation.team_id || ' p' || conversation.project_id, {words}
    FROM chat_searchentry AS entry JOIN chat_conversation AS conversation ON conversation.id = entry.conversation_id
    WHERE entry.conversation_id = {conversation} AND {position} < 1 << 20
"""
ADD = "INSERT INTO chat_words (rowid, facets, words)" + PLACE.replace("{what}", "")
REMOVE = "INSERT INTO chat_words (chat_words, rowid, facets, words)" + PLACE.replace("{what}", "'delete',")


def title(row):
    return {"position": "0", "words": f"{row}.title", "conversation": f"{row}.id"}


def turn(row):
    return {
        "position": f"{row}.position",
        "words": SAID.format(row=row),
        "conversation": f"{row}.conversation_id",
    }


SQLITE_TRIGGERS = (
    f"""
CREATE TRIGGER chat_conversation_written AFTER INSERT ON chat_conversation BEGIN
    INSERT INTO chat_searchentry (conversation_id) VALUES (NEW.id);
    {ADD.format(**title("NEW"))};
END
""",  # noqa: S608 - our own names
    f"""
CREATE TRIGGER chat_conversation_renamed AFTER UPDATE OF title ON chat_conversation WHEN OLD.title <> NEW.title BEGIN
    {REMOVE.format(**title("OLD"))};
    {ADD.format(**title("NEW"))};
END
""",
    f"""
CREATE TRIGGER chat_searchentry_removed BEFORE DELETE ON chat_searchentry BEGIN
    {REMOVE.format(position="0", words="conversation.title", conversation="OLD.conversation_id")};
END
""",
    f"""
CREATE TRIGGER chat_turn_written AFTER INSERT ON chat_turn BEGIN
    {ADD.format(**turn("NEW"))};
END
""",
    f"""
CREATE TRIGGER chat_turn_answered AFTER UPDATE OF question, answer ON chat_turn
WHEN OLD.question <> NEW.question OR OLD.answer <> NEW.answer BEGIN
    {REMOVE.format(**turn("OLD"))};
    {ADD.format(**turn("NEW"))};
END
""",
    f"""
CREATE TRIGGER chat_turn_removed AFTER DELETE ON chat_turn BEGIN
    {REMOVE.format(**turn("OLD"))};
END
""",
)
SQLITE_KNOWN = (
    "INSERT INTO chat_searchentry (conversation_id) SELECT id FROM chat_conversation ORDER BY created_at, id",
    ADD.format(position="0", words="conversation.title", conversation="conversation.id"),
    ADD.format(**turn("turn")).replace(
        "WHERE", "JOIN chat_turn AS turn ON turn.conversation_id = conversation.id WHERE"
    ),
)

POSTGRESQL = (
    "CREATE TABLE chat_words (id bigint PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX chat_words_document ON chat_words USING gin (document)",
    # Positions are of no use here, and take as much room as the words.
    """
CREATE FUNCTION chat_write_words(conversation_id uuid, place bigint, said text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO chat_words (id, document)
        SELECT (entry.id << 20) + place,
            strip(to_tsvector('simple', regexp_replace(substr(said, 1, 200000), '[^[:alnum:]]+', ' ', 'g')))
                || array_to_tsvector(ARRAY[
                    '=t' || replace(conversation.team_id::text, '-', ''),
                    '=p' || replace(conversation.project_id::text, '-', '')
                ])
        FROM chat_searchentry AS entry JOIN chat_conversation AS conversation ON conversation.id = entry.conversation_id
        WHERE entry.conversation_id = chat_write_words.conversation_id AND place < 1 << 20
        ON CONFLICT (id) DO UPDATE SET document = EXCLUDED.document
$$
""",
    """
CREATE FUNCTION chat_index_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO chat_searchentry (conversation_id) VALUES (NEW.id);
    END IF;
    PERFORM chat_write_words(NEW.id, 0, NEW.title);
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION chat_index_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat_write_words(NEW.conversation_id, NEW.position, NEW.question || ' ' || NEW.answer);
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION chat_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chat_words WHERE id >= OLD.id << 20 AND id < (OLD.id + 1) << 20;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION chat_forget_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chat_words WHERE id = OLD.position
        + ((SELECT entry.id FROM chat_searchentry AS entry WHERE entry.conversation_id = OLD.conversation_id) << 20);
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER chat_conversation_written AFTER INSERT OR UPDATE OF title ON chat_conversation
    FOR EACH ROW EXECUTE FUNCTION chat_index_title()
""",
    "CREATE TRIGGER chat_turn_written AFTER INSERT ON chat_turn FOR EACH ROW EXECUTE FUNCTION chat_index_turn()",
    """
CREATE TRIGGER chat_turn_answered AFTER UPDATE OF question, answer ON chat_turn FOR EACH ROW
    WHEN (OLD.question <> NEW.question OR OLD.answer <> NEW.answer) EXECUTE FUNCTION chat_index_turn()
""",
    "CREATE TRIGGER chat_turn_removed AFTER DELETE ON chat_turn FOR EACH ROW EXECUTE FUNCTION chat_forget_turn()",
    """
CREATE TRIGGER chat_searchentry_removed AFTER DELETE ON chat_searchentry
    FOR EACH ROW EXECUTE FUNCTION chat_forget_words()
""",
    "INSERT INTO chat_searchentry (conversation_id) SELECT id FROM chat_conversation ORDER BY created_at, id",
    "SELECT chat_write_words(id, 0, title) FROM chat_conversation",
    "SELECT chat_write_words(conversation_id, position, question || ' ' || answer) FROM chat_turn",
)


def index_words(apps, schema_editor):
    statements = {"sqlite": (SQLITE_TABLE, *SQLITE_TRIGGERS, *SQLITE_KNOWN), "postgresql": POSTGRESQL}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("chat", "0002_search_entry")]
    operations = [migrations.RunPython(index_words)]

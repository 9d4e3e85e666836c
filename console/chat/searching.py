"""Find a team's conversations by words: those whose title, or one turn's question and answer, hold them all.

Out of the text index (migration `search`): a row a title and a row a turn, numbered so that the row says which
conversation it belongs to.
"""

from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from console.chat.models import Conversation
from console.ui.word_search import facet, fts5_match, tsquery, words_of

_FOUND: Final = {
    "sqlite": (
        "SELECT conversation_id FROM chat_searchentry WHERE id IN"
        " (SELECT rowid >> 20 FROM chat_words WHERE chat_words MATCH %s)"
    ),
    "postgresql": (
        "SELECT conversation_id FROM chat_searchentry WHERE id IN"
        " (SELECT id >> 20 FROM chat_words WHERE document @@ %s::tsquery)"
    ),
}


def holding(
    conversations: "QuerySet[Conversation]", text: str, team_id: UUID, project_id: UUID | None = None
) -> "QuerySet[Conversation]":
    """Those of the team's (or the project's) conversations that hold the words of the text; none for no words."""
    if not words_of(text):
        return conversations.none()
    facets = [facet("t", team_id), *([facet("p", project_id)] if project_id else [])]
    asked = fts5_match(text, facets) if connection.vendor == "sqlite" else tsquery(text, facets)
    return conversations.filter(pk__in=RawSQL(_FOUND[connection.vendor], [asked]))  # noqa: S611 - a value is a parameter

"""Find lines by several facts and by words, newest first, out of the index.

The index is walked from the newest line downwards and read only as far as one page needs, so a common word costs no
more than a rare one, and a deep page no more than the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from console.audit.models import AuditEvent
from console.ui.keyset import Cursor
from console.ui.word_search import fts5_match, tsquery, words_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: `facets` are tokens made by `words.facet`; the text may be empty, the days open."""

    team_id: UUID | None = None
    text: str = ""
    facets: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def fetch_found(question: Question, cursor: Cursor | None, limit: int) -> list[AuditEvent]:
    """`fetch` of `console.ui.keyset`: lines past the cursor, the nearest first."""
    if question.text.strip() and not words_of(question.text):
        return []
    newer = bool(cursor and cursor.newer)
    conditions = list(_conditions(question, cursor))
    sql = _SELECT[connection.vendor].format(
        conditions=" AND ".join(condition for condition, _values in conditions), way="ASC" if newer else "DESC"
    )
    found = RawSQL(sql, [*chain.from_iterable(values for _condition, values in conditions), limit])  # noqa: S611
    lines: QuerySet[AuditEvent] = AuditEvent.objects.filter(pk__in=found)
    return list(lines.order_by("search_entry__id" if newer else "-search_entry__id"))


# Every value is a parameter. CROSS JOIN keeps SQLite from starting anywhere but at the index.
_SELECT = {
    "sqlite": """
SELECT entry.event_id FROM audit_words
CROSS JOIN audit_searchentry AS entry ON entry.id = audit_words.rowid
CROSS JOIN audit_auditevent AS line ON line.id = entry.event_id
WHERE {conditions} ORDER BY audit_words.rowid {way} LIMIT %s
""",
    "postgresql": """
SELECT entry.event_id FROM audit_searchentry AS entry
JOIN audit_auditevent AS line ON line.id = entry.event_id
WHERE {conditions} ORDER BY entry.id {way} LIMIT %s
""",
}
_PLACE_OF_LINE = "(SELECT id FROM audit_searchentry WHERE event_id = %s)"
# Where a day begins or ends in the index. Lines written at the same time may stand there in another order than their
# times say, so a few more are read; their own time decides.
_NEXT_TO_DAY = """(
    SELECT entry.id {sign} 1000 FROM audit_auditevent AS line
    JOIN audit_searchentry AS entry ON entry.event_id = line.id
    WHERE {of_team}line.at {than} %s ORDER BY line.at {way} LIMIT 1
)"""

_Condition = tuple[str, Sequence[Any]]


def _conditions(question: Question, cursor: Cursor | None) -> Iterator[_Condition]:
    id_field, team_field = AuditEvent._meta.get_field("id"), AuditEvent._meta.get_field("team_id")
    if connection.vendor == "sqlite":
        place = "audit_words.rowid"
        yield "audit_words MATCH %s", [fts5_match(question.text, question.facets)]
    else:
        place = "entry.id"
        yield "entry.document @@ %s::tsquery", [tsquery(question.text, question.facets)]
    if cursor:
        way = ">" if cursor.newer else "<"
        yield f"{place} {way} {_PLACE_OF_LINE}", [id_field.get_db_prep_value(cursor.id, connection)]
    team: list[Any] = []
    if question.team_id:
        team = [team_field.get_db_prep_value(question.team_id, connection)]
        yield "line.team_id = %s", team
    of_team = "line.team_id = %s AND " if team else ""
    if question.since:
        since = connection.ops.adapt_datetimefield_value(question.since)
        first = _NEXT_TO_DAY.format(of_team=of_team, sign="-", than=">=", way="ASC")
        yield f"{place} >= {first} AND line.at >= %s", [*team, since, since]
    if question.until:
        until = connection.ops.adapt_datetimefield_value(question.until)
        last = _NEXT_TO_DAY.format(of_team=of_team, sign="+", than="<", way="DESC")
        yield f"{place} <= {last} AND line.at < %s", [*team, until, until]

"""Find a team's jobs by words, ids and what never changes about them, newest first, out of the text index.

The index (migration `search`) is walked from the newest entry downwards and read only as far as one page needs, so a
common word costs no more than a rare one.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from console.jobs.models import Job
from console.ui.keyset import Cursor

MOST_WORDS = 12
_SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for. `text` may be empty; `facets` are tokens made by `facet`; the rest is checked job by job."""

    team_id: UUID
    text: str = ""
    facets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def facet(letter: str, value: UUID | str) -> str:
    """The token of something about a job that never changes: p project, k kind, m model, u person."""
    return letter + (value.hex if isinstance(value, UUID) else value.encode().hex())


def fetch_found(queryset: "QuerySet[Job]", question: Question, cursor: Cursor | None, limit: int) -> list[Job]:
    """`fetch` of `console.ui.keyset` for a search: jobs past the cursor, the nearest first."""
    words = words_of(question.text)
    if question.text.strip() and not words:
        return []
    newer = bool(cursor and cursor.newer)
    sql, match = (_SQLITE, _fts5_match) if connection.vendor == "sqlite" else (_POSTGRESQL, _tsquery)
    statuses = question.statuses or tuple(Job.Status)
    parameters = [
        match(question, words, open_ended=not question.text.endswith(" ")),
        Job._meta.get_field("id").get_db_prep_value(cursor.id if cursor else None, connection),
        Job._meta.get_field("team").get_db_prep_value(question.team_id, connection),
        *statuses,
        connection.ops.adapt_datetimefield_value(question.since) if question.since else _EVER[0],
        connection.ops.adapt_datetimefield_value(question.until) if question.until else _EVER[1],
        limit,
    ]
    found = RawSQL(  # noqa: S611 - every value is a parameter; only the direction and the number of states vary
        sql.format(
            beyond=_BEYOND[newer] if cursor else _ANYWHERE,
            way="ASC" if newer else "DESC",
            statuses=", ".join(["%s"] * len(statuses)),
        ),
        parameters,
    )
    return list(queryset.filter(pk__in=found).order_by("search_entry__id" if newer else "-search_entry__id"))


def words_of(text: str) -> Sequence[str]:
    """The words that are looked for: letters and digits only, accents joined, at most twelve."""
    return _WORD.findall(unicodedata.normalize("NFC", text))[:MOST_WORDS]


_EVER = ("0001-01-01 00:00:00", "9999-12-31 00:00:00")
_BEYOND = {
    True: "> (SELECT id FROM jobs_searchentry WHERE job_id = %s)",
    False: "< (SELECT id FROM jobs_searchentry WHERE job_id = %s)",
}
_ANYWHERE = "> coalesce(%s, 0)"

# CROSS JOIN keeps SQLite from starting anywhere but at the index.
_SQLITE = """
SELECT entry.job_id FROM jobs_words
CROSS JOIN jobs_searchentry AS entry ON entry.id = jobs_words.rowid
CROSS JOIN jobs_job AS job ON job.id = entry.job_id
WHERE jobs_words MATCH %s AND jobs_words.rowid {beyond}
    AND job.team_id = %s AND job.status IN ({statuses}) AND job.created_at >= %s AND job.created_at < %s
ORDER BY jobs_words.rowid {way} LIMIT %s
"""

_POSTGRESQL = """
SELECT entry.job_id FROM jobs_searchentry AS entry
JOIN jobs_job AS job ON job.id = entry.job_id
WHERE entry.document @@ %s::tsquery AND entry.id {beyond}
    AND job.team_id = %s AND job.status IN ({statuses}) AND job.created_at >= %s AND job.created_at < %s
ORDER BY entry.id {way} LIMIT %s
"""


def _fts5_match(question: Question, words: Sequence[str], *, open_ended: bool) -> str:
    facets = " AND ".join(f'"{token}"' for token in (facet("t", question.team_id), *question.facets))
    if not words:
        return f"{{facets}} : ({facets})"
    wanted = [f'"{word}"' for word in words]
    if open_ended and len(words[-1]) >= _SHORTEST_BEGINNING:
        wanted[-1] += " *"
    return f"{{facets}} : ({facets}) AND {{words}} : ({' AND '.join(wanted)})"


def _tsquery(question: Question, words: Sequence[str], *, open_ended: bool) -> str:
    wanted = [f"'={token}'" for token in (facet("t", question.team_id), *question.facets)]
    wanted += [f"'{word.lower()}'" for word in words]
    if open_ended and words and len(words[-1]) >= _SHORTEST_BEGINNING:
        wanted[-1] += ":*"
    return " & ".join(wanted)

"""Find a team's jobs by words, ids and what never changes about them, newest first, out of the text index.

The index (migration `search`) is walked from the newest entry downwards and read only as far as one page needs, so a
common word costs no more than a rare one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from console.jobs.models import Job
from console.ui.keyset import Cursor
from console.ui.word_search import facet, fts5_match, tsquery, words_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for. `text` may be empty; `facets` are tokens of what about a job never changes: p project,
    k kind, m model, u person. The rest is checked job by job.
    """

    team_id: UUID
    text: str = ""
    facets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    is_unopened: bool = False
    key: UUID | None = None
    since: datetime | None = None  # between these moments it is looked for
    until: datetime | None = None
    first_day: date | None = None  # and these days, of the ledger, decide
    last_day: date | None = None
    projects: Sequence[UUID] | None = None  # only in these


def fetch_found(queryset: "QuerySet[Job]", question: Question, cursor: Cursor | None, limit: int) -> list[Job]:
    """`fetch` of `console.ui.keyset` for a search: jobs past the cursor, the nearest first."""
    if question.text.strip() and not words_of(question.text):
        return []
    newer = bool(cursor and cursor.newer)
    conditions = list(_conditions(question, cursor))
    sql = _SELECT[connection.vendor].format(
        conditions=" AND ".join(condition for condition, _values in conditions), way="ASC" if newer else "DESC"
    )
    found = RawSQL(sql, [*chain.from_iterable(values for _condition, values in conditions), limit])  # noqa: S611
    return list(queryset.filter(pk__in=found).order_by("search_entry__id" if newer else "-search_entry__id"))


# Every value is a parameter. CROSS JOIN keeps SQLite from starting anywhere but at the index.
_SELECT = {
    "sqlite": """
SELECT entry.job_id FROM jobs_words
CROSS JOIN jobs_searchentry AS entry ON entry.id = jobs_words.rowid
CROSS JOIN jobs_job AS job ON job.id = entry.job_id
WHERE {conditions} ORDER BY jobs_words.rowid {way} LIMIT %s
""",
    "postgresql": """
SELECT entry.job_id FROM jobs_searchentry AS entry
JOIN jobs_job AS job ON job.id = entry.job_id
WHERE {conditions} ORDER BY entry.id {way} LIMIT %s
""",
}
_PLACE_OF_JOB = "(SELECT id FROM jobs_searchentry WHERE job_id = %s)"
# Where a day begins or ends in the index. Jobs written down at the same time may stand there in another order than
# their times say, so a few more are read; their own time decides.
_NEXT_TO_DAY = """(
    SELECT entry.id {sign} 1000 FROM jobs_job AS job JOIN jobs_searchentry AS entry ON entry.job_id = job.id
    WHERE job.team_id = %s AND job.created_at {than} %s ORDER BY job.created_at {way} LIMIT 1
)"""
_FIRST_OF_DAY = _NEXT_TO_DAY.format(sign="-", than=">=", way="ASC")
_LAST_OF_DAY = _NEXT_TO_DAY.format(sign="+", than="<", way="DESC")

_ASKED_FOR = """EXISTS (
    SELECT 1 FROM credits_entry AS asked
    WHERE asked.subject = job.id AND asked.kind = 'reserve' AND asked.day BETWEEN %s AND %s
)"""

_Condition = tuple[str, Sequence[Any]]


def _conditions(question: Question, cursor: Cursor | None) -> Iterator[_Condition]:
    team = Job._meta.get_field("team").get_db_prep_value(question.team_id, connection)
    facets = (facet("t", question.team_id), *question.facets)
    if connection.vendor == "sqlite":
        place = "jobs_words.rowid"
        yield "jobs_words MATCH %s", [fts5_match(question.text, facets)]
    else:
        place = "entry.id"
        yield "entry.document @@ %s::tsquery", [tsquery(question.text, facets)]
    if cursor:
        job = Job._meta.get_field("id").get_db_prep_value(cursor.id, connection)
        way = ">" if cursor.newer else "<"
        yield f"{place} {way} {_PLACE_OF_JOB}", [job]
    yield "job.team_id = %s", [team]
    if question.statuses:
        yield f"job.status IN ({', '.join(['%s'] * len(question.statuses))})", question.statuses
    if question.is_unopened:
        yield "job.opened_at IS NULL", []
    if question.key:
        yield "job.key_id = %s", [Job._meta.get_field("key").get_db_prep_value(question.key, connection)]
    if question.projects is not None:
        own = [Job._meta.get_field("project").get_db_prep_value(each, connection) for each in question.projects]
        yield f"job.project_id IN ({', '.join(['%s'] * len(own)) or 'NULL'})", own
    if question.since:
        since = connection.ops.adapt_datetimefield_value(question.since)
        yield f"{place} >= {_FIRST_OF_DAY} AND job.created_at >= %s", [team, since, since]
    if question.until:
        until = connection.ops.adapt_datetimefield_value(question.until)
        yield f"{place} <= {_LAST_OF_DAY} AND job.created_at < %s", [team, until, until]
    if question.first_day or question.last_day:
        ends = (question.first_day or date.min, question.last_day or date.max)
        yield _ASKED_FOR, [connection.ops.adapt_datefield_value(day) for day in ends]

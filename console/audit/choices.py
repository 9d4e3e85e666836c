"""What a team's log can be filtered by: the acts, kinds of objects and people that occur in it.

Each is found by hopping over an index from one value to the next, so a million lines cost what a hundred do.
"""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from console.audit.acts import act_in_words, kind_in_words
from console.audit.models import AuditEvent
from console.audit.recording import THE_CONSOLE
from console.audit.words import NOBODY

MOST: Final = 500
Choices = list[tuple[str, str]]

_HOP: Final = """
WITH RECURSIVE found(value) AS (
    SELECT * FROM (SELECT {column} FROM audit_auditevent WHERE team_id = %s AND {column} IS NOT NULL
        ORDER BY {column} LIMIT 1) AS first
    UNION ALL
    SELECT (SELECT {column} FROM audit_auditevent WHERE team_id = %s AND {column} > found.value
        ORDER BY {column} LIMIT 1) FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT %s
"""
_PEOPLE: Final = """
SELECT value, (SELECT actor_label FROM audit_auditevent WHERE team_id = %s AND actor_id = value LIMIT 1)
FROM ({hop}) AS people
"""


def acts_in(team_id: UUID) -> Choices:
    """Acts, by their words."""
    return _by_words((act, act_in_words(act)) for (act,) in _rows(_HOP.format(column="act"), team_id, 2))


def kinds_in(team_id: UUID) -> Choices:
    """Kinds of objects, by their words."""
    return _by_words((kind, kind_in_words(kind)) for (kind,) in _rows(_HOP.format(column="object_kind"), team_id, 2))


def people_in(team_id: UUID) -> Choices:
    """Whoever acted, also those who left; the console last."""
    rows = _rows(_PEOPLE.format(hop=_HOP.format(column="actor_id")), team_id, 3)
    found = _by_words((str(UUID(str(person))), label) for person, label in rows)
    has_others = AuditEvent.objects.filter(team_id=team_id, actor_id=None).exists()
    return [*found, (NOBODY, THE_CONSOLE.capitalize())] if has_others else found


def _rows(sql: str, team_id: UUID, times: int) -> list[tuple[Any, ...]]:
    team = AuditEvent._meta.get_field("team_id").get_db_prep_value(team_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*[team] * times, MOST])
        return list(cursor.fetchall())


def _by_words(found: Any) -> Choices:
    return sorted(found, key=lambda each: each[1].lower())

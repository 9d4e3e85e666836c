"""The audit log, page by page, newest first: a team's, or for support everybody's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from console.audit.models import AuditEvent
from console.audit.searching import Question, fetch_found
from console.audit.words import facet
from console.ui.keyset import Cursor, Page, read_page

PAGE_SIZE = 50
_BEYOND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """Checked filters; each may be empty. `person` is an actor's id, or `words.NOBODY` for the console itself.

    Days are whole days in `zone`, both ends included.
    """

    team: UUID | None = None
    q: str = ""
    person: str = ""
    act: str = ""
    kind: str = ""
    object: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"

    @property
    def is_empty(self) -> bool:
        """Whether every line fits (of the team, if there is one)."""
        return not (self.q.strip() or self.facets or self.since or self.until)

    @property
    def facets(self) -> tuple[str, ...]:
        """As tokens of the index, without the team."""
        given = (("u", self.person), ("a", self.act), ("k", self.kind), ("o", self.object))
        return tuple(facet(letter, value) for letter, value in given if value)

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        """The first moment, and the one after the last."""
        zone = ZoneInfo(self.zone)
        since = datetime.combine(self.since, time.min, zone).astimezone(UTC) if self.since else None
        until = datetime.combine(self.until + _BEYOND, time.min, zone).astimezone(UTC) if self.until else None
        return since, until


def read(wish: Wish, cursor: Cursor | None = None, size: int = PAGE_SIZE) -> Page[AuditEvent]:
    """The page at the cursor."""
    if wish.q.strip() or wish.facets:
        team = (facet("t", wish.team),) if wish.team else ()
        question = Question(wish.team, wish.q, (*team, *wish.facets), *wish.moments)
        return read_page(partial(fetch_found, question), cursor, size)
    return read_page(partial(_fetch_by_time, wish), cursor, size)


def _fetch_by_time(wish: Wish, cursor: Cursor | None, limit: int) -> list[AuditEvent]:
    since, until = wish.moments
    lines = AuditEvent.objects.filter(team_id=wish.team) if wish.team else AuditEvent.objects.all()
    if since:
        lines = lines.filter(at__gte=since)
    if until:
        lines = lines.filter(at__lt=until)
    newer = bool(cursor and cursor.newer)
    if cursor:
        lines = lines.filter(cursor.beyond("at"))
    return list(lines.order_by(*(("at", "id") if newer else ("-at", "-id")))[:limit])

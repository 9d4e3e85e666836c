"""Lines of the log as CSV: the filters of the page, written as they are read, safe to open in a spreadsheet."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from console.audit.acts import act_in_words
from console.audit.closing import Readable
from console.audit.models import AuditEvent
from console.audit.reading import Wish, read
from console.engine.idling import without_connection
from console.ui.keyset import Cursor
from console.ui.spreadsheets import BOM, written

CHUNK = 1000
COLUMNS: Final = (
    "at", "person", "act", "act_in_words", "object_kind", "object", "object_id", "before", "after", "address",
    "request_id", "person_id", "team_id", "id",
)  # fmt: skip
Reader = Callable[[AuditEvent], Readable]
Watched = Callable[[AsyncIterator[bytes]], AsyncIterator[bytes]]


def exported(wish: Wish, readable: Reader, watched: Watched = lambda chunks: chunks) -> HttpResponseBase:
    """The answer: from the newest line to the oldest, a chunk at a time. `watched` may end it before its end."""
    answer = StreamingHttpResponse(
        without_connection(watched(_chunks(wish, readable))), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y-%m-%d}.csv"'
    return answer


async def _chunks(wish: Wish, readable: Reader) -> AsyncIterator[bytes]:
    yield BOM + written([COLUMNS])
    cursor: Cursor | None = None
    while True:
        lines, cursor = await sync_to_async(_read)(wish, readable, cursor)
        yield lines
        if cursor is None:
            return


def _read(wish: Wish, readable: Reader, cursor: Cursor | None) -> tuple[bytes, Cursor | None]:
    page = read(wish, cursor, CHUNK)
    return written(_cells(readable(event)) for event in page.rows), page.older


def _cells(line: Readable) -> tuple[Any, ...]:
    event = line.event
    return (
        event.at.isoformat(),
        event.actor_label,
        event.act,
        act_in_words(event.act),
        event.object_kind,
        line.label,
        event.object_id,
        _facts(line.before),
        _facts(line.after),
        event.address or "",
        event.request_id,
        event.actor_id or "",
        event.team_id or "",
        event.pk,
    )


def _facts(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False) if facts else ""

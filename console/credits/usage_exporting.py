"""The ledger's lines as CSV: the filters of the page, written as they are read, safe to open in a spreadsheet."""

from collections.abc import AsyncIterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db.models import Max
from django.http import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from console.audit.recording import record
from console.credits.models import NOBODY, Entry
from console.credits.usage_filters import Filters, Known
from console.credits.usage_lines import Line, Place, lines_behind, page_of, with_held
from console.credits.usage_views import asked
from console.engine.idling import without_connection
from console.teams.access import TeamRequest, in_team
from console.teams.proof import proven
from console.teams.streaming import while_allowed
from console.ui.spreadsheets import BOM, CUT_SHORT, written

CHUNK = 2000
COLUMNS: Final = (
    "line",
    "at",
    "day",
    "what",
    "credits",
    "charged",
    "held",
    "returned",
    "outcome",
    "project",
    "model",
    "kind",
    "person",
    "key",
    "environment",
    "job_or_turn",
    "id",
    "rivya_at",
    "corrected_by",
    "reason",
)


@require_GET
@proven
@in_team()
def export(request: TeamRequest) -> HttpResponseBase:
    """GET `/usage.csv`: the lines that were there when it was asked for."""
    _form, filters, known = asked(request)
    what = {"days": str(filters.span), **filters.narrowed}
    record("usage.exported", request.team, team_id=request.team.pk, actor=request.user, after=what, request=request)
    response = StreamingHttpResponse(
        without_connection(while_allowed(request, _chunks(filters, known), CUT_SHORT)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"usage-{filters.span.first}-to-{filters.span.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _chunks(filters: Filters, known: Known) -> AsyncIterator[bytes]:
    newest, place = await sync_to_async(_newest)(), None
    yield BOM + written([COLUMNS])
    while True:
        lines, place = await sync_to_async(_read)(filters, known, newest, place)
        yield lines
        if place is None:
            return


def _newest() -> int:
    return Entry.objects.aggregate(newest=Max("id"))["newest"] or 0


def _read(filters: Filters, known: Known, newest: int, place: Place | None) -> tuple[bytes, Place | None]:
    """So many lines as text: a chunk at a time, so that a year takes no more memory than a day."""
    entries, after = page_of(lines_behind(filters, place).filter(pk__lte=newest), CHUNK)
    return written(_cells(line, known) for line in with_held(entries)), after


def _cells(line: Line, known: Known) -> tuple[Any, ...]:
    entry = line.entry
    project, key = known.projects.get(entry.project_id), known.keys.get(entry.key_id)
    return (
        entry.pk,
        entry.at.isoformat(),
        entry.day,
        entry.kind,
        entry.credits,
        line.charged,
        line.holds,
        line.returned,
        entry.outcome,
        project.name if project else "",
        entry.model,
        entry.media_kind,
        known.emails.get(entry.asker, ""),  # type: ignore[attr-defined]
        key.name if key else "",
        key.environment if key else "",
        entry.subject_kind,
        entry.subject,
        entry.rivya_at.isoformat() if entry.rivya_at else "",
        known.emails.get(entry.person_id or NOBODY, "") if entry.kind == Entry.Kind.CORRECT else "",
        entry.reason,
    )

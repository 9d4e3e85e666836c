"""A jobs list as CSV: the same filters, written as it is read, safe to open in a spreadsheet."""

from collections.abc import AsyncIterator
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from console.audit.recording import record
from console.jobs.filters import Wish, read_jobs
from console.jobs.list_views import filter_form
from console.jobs.models import Job
from console.teams.access import TeamRequest, in_team
from console.teams.models import Membership
from console.teams.proof import proven
from console.teams.streaming import while_allowed
from console.ui.keyset import Cursor
from console.ui.spreadsheets import BOM, CUT_SHORT, written

CHUNK = 1000
COLUMNS: Final = (
    "created_at",
    "job_id",
    "rivya_id",
    "status",
    "kind",
    "model",
    "project",
    "person",
    "prompt",
    "quoted_credits",
    "reserved_credits",
    "charged_credits",
    "error_code",
    "finished_at",
)


@require_GET
@proven
@in_team()
def export(request: TeamRequest) -> HttpResponseBase:
    """GET `/jobs/export.csv`."""
    filters = {name: value if name != "q" else True for name, value in request.GET.items() if value}
    record("jobs.exported", request.team, team_id=request.team.pk, actor=request.user, after=filters, request=request)
    response = StreamingHttpResponse(
        while_allowed(request, _chunks(request.membership, filter_form(request).wish), CUT_SHORT),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="jobs-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


async def _chunks(membership: Membership, wish: Wish) -> AsyncIterator[bytes]:
    yield BOM + written([COLUMNS])
    cursor: Cursor | None = None
    while True:
        lines, cursor = await sync_to_async(_read)(membership, wish, cursor)
        yield lines
        if cursor is None:
            return


def _read(membership: Membership, wish: Wish, cursor: Cursor | None) -> tuple[bytes, Cursor | None]:
    jobs = Job.objects.defer("body", "params").select_related("created_by", "project")
    page = read_jobs(jobs, membership, wish, cursor, CHUNK)
    return written(_cells(job) for job in page.rows), page.older


def _cells(job: Job) -> tuple[Any, ...]:
    return (
        job.created_at.isoformat(),
        job.pk,
        job.rivya_id,
        job.status,
        job.kind,
        job.model,
        job.project.name,
        job.created_by.email if job.created_by else "",
        job.prompt,
        job.quoted_credits,
        job.reserved_credits,
        job.final_credits,
        job.error_code,
        job.finished_at.isoformat() if job.finished_at else "",
    )

"""What is a team's own, for the staff it is open to. Closed: a page asks for a reason, bytes are not there."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_safe

from console.audit.recording import record
from console.chat.finding import turns_of
from console.chat.models import Conversation
from console.files.models import ReferenceFile
from console.files.serving import Content, serve
from console.jobs.models import Job, Result
from console.jobs.result_views import name_of
from console.support.opening import opening_of
from console.support.opening_views import ask_reason
from console.support.rendering import page

View = Callable[[HttpRequest, UUID], HttpResponseBase]
Shown = Callable[[HttpRequest, Any], HttpResponseBase]


def read_page(rows: Callable[[], Any]) -> Callable[[Shown], View]:
    """A page with content: only in an opening, and each reading is a line of the team's audit log."""

    def decorate(show: Shown) -> View:
        @wraps(show)
        def opened(request: HttpRequest, pk: UUID) -> HttpResponseBase:
            thing = get_object_or_404(rows(), pk=pk)
            opening = opening_of(request.user, thing.team_id)  # type: ignore[arg-type]
            if opening is None:
                return ask_reason(request, thing.team)
            why = {"reason": opening.reason}
            record("support.read", thing, team_id=thing.team_id, actor=request.user, after=why, request=request)
            return show(request, thing)

        return require_GET(opened)

    return decorate


@read_page(lambda: Job.objects.select_related("team", "created_by", "project"))
def job(request: HttpRequest, found: Job) -> HttpResponseBase:
    """GET `/admin/content/jobs/<id>/`: prompt, parameters, references, results, and what people wrote."""
    context = {
        "title": f"Content of {found}",
        "whose": found.team,
        "job": found,
        "params": sorted(found.params.items()) if isinstance(found.params, dict) else [],
        "inputs": list(found.inputs.select_related("file")),
        "results": list(found.results.defer("source_url")),
        "notes": list(found.steps.filter(source="person").exclude(note="")),
    }
    return page(request, "support/job.html", context)


@read_page(lambda: Conversation.objects.select_related("team", "project", "created_by"))
def conversation(request: HttpRequest, found: Conversation) -> HttpResponseBase:
    """GET `/admin/content/conversations/<id>/`: its title and everything said."""
    context = {"conversation": found, "turns": turns_of(found)}
    return page(request, "support/conversation.html", {"title": "Content of a chat", "whose": found.team, **context})


@read_page(lambda: ReferenceFile.objects.select_related("team", "project", "added_by"))
def file(request: HttpRequest, found: ReferenceFile) -> HttpResponseBase:
    """GET `/admin/content/files/<id>/`: its name and a look at it."""
    return page(request, "support/file.html", {"title": "Content of a file", "whose": found.team, "file": found})


@require_safe
def result(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/admin/content/results/<id>/`: the bytes."""
    found = get_object_or_404(Result.objects.select_related("job"), pk=pk)
    return _bytes(request, found.job.team_id, found.content, found.mime_type, found.sha256[:32], name_of(found))


@require_safe
def result_preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/admin/content/results/<id>/preview/`."""
    found = get_object_or_404(Result.objects.select_related("job"), pk=pk)
    return _bytes(
        request, found.job.team_id, found.preview, "image/webp", f"{found.sha256[:32]}-preview", "preview.webp"
    )


@require_safe
def file_bytes(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/admin/content/files/<id>/bytes/`."""
    found = get_object_or_404(ReferenceFile, pk=pk)
    return _bytes(request, found.team_id, found.content, found.mime_type, found.sha256[:32], found.name)


@require_safe
def file_preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/admin/content/files/<id>/preview/`."""
    found = get_object_or_404(ReferenceFile, pk=pk)
    return _bytes(request, found.team_id, found.preview, "image/webp", f"{found.sha256[:32]}-preview", "preview.webp")


def _bytes(request: HttpRequest, team_id: UUID, stored: Any, mime_type: str, etag: str, name: str) -> HttpResponseBase:
    if not _is_open(request, team_id):
        raise Http404
    if not stored:
        raise Http404("Nothing is stored.")
    answer = serve(request, Content(stored, mime_type, etag, name), partial(_is_still_open, request, team_id))
    answer["Cache-Control"] = "private, no-store"  # in half an hour it is closed again, also to the browser's cache
    return answer


def _is_open(request: HttpRequest, team_id: UUID) -> bool:
    return opening_of(request.user, team_id) is not None  # type: ignore[arg-type]


def _is_still_open(request: HttpRequest, team_id: UUID) -> bool:
    return request.session.exists(request.session.session_key or "") and _is_open(request, team_id)

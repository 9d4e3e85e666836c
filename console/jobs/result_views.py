"""The bytes of results: in place, as a download, and their previews. Membership is checked at every request."""

import mimetypes
import re
from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.files.serving import Content, serve
from console.jobs.looking import mark_opened
from console.jobs.models import Result
from console.teams.access import is_looked_at
from console.teams.second_steps import lead_to_second_step
from console.teams.streaming import still_allowed

_CARD = "card"  # the gallery plays a film while the pointer is over its card: nobody has opened it yet
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
_ENDINGS |= {"audio/wav": ".wav", "audio/flac": ".flac", "audio/aac": ".aac", "video/x-matroska": ".mkv"}


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The result itself, for <img>, <video> and <audio>: with ranges, so that players can seek."""
    result = _found(request, pk)
    content = _content(request, result, is_look=_CARD not in request.GET)
    return serve(request, content, partial(_is_still_theirs, request, result))


@require_safe
def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The result as a file, named after its model and job."""
    result = _found(request, pk)
    content = _content(request, result, is_look=True)
    return serve(request, content, partial(_is_still_theirs, request, result), download=True)


@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The thumbnail or poster frame; 404 where there is none."""
    result = _found(request, pk)
    if not result.preview or result.state == Result.State.REMOVED:
        raise Http404("This result has no preview.")
    content = Content(result.preview, "image/webp", f"{result.sha256[:32]}-preview", "preview.webp")
    return serve(request, content, partial(_is_still_theirs, request, result))


def _content(request: HttpRequest, result: Result, *, is_look: bool) -> Content:
    if not result.content or result.state == Result.State.REMOVED:
        raise Http404("This result is not here.")
    if is_look and request.method == "GET" and not is_looked_at(request):
        mark_opened(result.job_id)
    return Content(result.content, result.mime_type, result.sha256[:32], name_of(result))


def _found(request: HttpRequest, pk: UUID) -> Result:
    result = get_object_or_404(Result.objects.visible_to(request.user).select_related("job__team"), pk=pk)
    lead_to_second_step(request, result.job.team)
    return result


def _is_still_theirs(request: HttpRequest, result: Result) -> bool:
    is_in_reach = Result.objects.visible_to(request.user).filter(pk=result.pk).exists()
    return is_in_reach and still_allowed(request, request.user.pk, result.job.team_id)  # type: ignore[arg-type]


def name_of(result: Result) -> str:
    """Such as "seedream-4-0-3f2a9c1e-2.png": the job's id is enough to find it again."""
    model = re.sub(r"[^A-Za-z0-9.-]+", "-", result.job.model)[:60].strip("-.") or "result"
    ending = _ENDINGS.get(result.mime_type) or mimetypes.guess_extension(result.mime_type) or ".bin"
    return f"{model}-{result.job_id.hex[:8]}-{result.index + 1}{ending}"

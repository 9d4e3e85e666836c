"""The bytes of reference files and their previews. Membership is checked at every request."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.files.models import ReferenceFile
from console.files.serving import Content, serve
from console.teams.second_steps import lead_to_second_step
from console.teams.streaming import still_allowed


@require_safe
def content(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/files/<id>/`: the file in place; with `?download` as a download. Removed ones too: finished jobs name them."""
    file = _found(request, pk)
    stored = Content(file.content, file.mime_type, file.sha256[:32], file.name)
    return serve(request, stored, partial(_is_still_theirs, request, file), download="download" in request.GET)


@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/files/<id>/preview/`: the thumbnail or poster frame; 404 where there is none."""
    file = _found(request, pk)
    if not file.preview:
        raise Http404("This file has no preview.")
    stored = Content(file.preview, "image/webp", f"{file.sha256[:32]}-preview", "preview.webp")
    return serve(request, stored, partial(_is_still_theirs, request, file))


def _found(request: HttpRequest, pk: UUID) -> ReferenceFile:
    file = get_object_or_404(ReferenceFile.objects.visible_to(request.user).select_related("team"), pk=pk)
    lead_to_second_step(request, file.team)
    return file


def _is_still_theirs(request: HttpRequest, file: ReferenceFile) -> bool:
    is_in_reach = ReferenceFile.objects.visible_to(request.user).filter(pk=file.pk).exists()
    return is_in_reach and still_allowed(request, request.user.pk, file.team_id)  # type: ignore[arg-type]

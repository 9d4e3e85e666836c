"""The bytes of reference files and their previews. Membership is checked at every request."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.files.models import ReferenceFile
from console.files.serving import Content, serve
from console.teams.second_steps import lead_to_second_step


@require_safe
def content(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/files/<id>/`: the file in place; with `?download` as a download. Removed ones too: finished jobs name them."""
    file = _found(request, pk)
    stored = Content(file.content, file.mime_type, file.sha256[:32], file.name)
    return serve(request, stored, download="download" in request.GET)


@require_safe
def preview(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/files/<id>/preview/`: the thumbnail or poster frame; 404 where there is none."""
    file = _found(request, pk)
    if not file.preview:
        raise Http404("This file has no preview.")
    return serve(request, Content(file.preview, "image/webp", f"{file.sha256[:32]}-preview", "preview.webp"))


def _found(request: HttpRequest, pk: UUID) -> ReferenceFile:
    file = get_object_or_404(ReferenceFile.objects.visible_to(request.user).select_related("team"), pk=pk)
    lead_to_second_step(request, file.team)
    return file

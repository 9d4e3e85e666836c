"""Hand out stored bytes: ranges for players, validators for caches, and headers that keep foreign content tame.

The caller has checked who asks, and says how to ask again while bytes go out. The type sent is the one found in the
content, and only media are shown in place.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from django.core.files import File
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from console.engine.cutting import MayStill, while_they_may, while_they_may_async
from console.engine.idling import without_connection
from console.files.ranges import Span, Unsatisfiable, wanted

CHUNK_BYTES = 256 * 1024
SHOWN_IN_PLACE = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "video/", "audio/")
# Opened on its own page the content may show itself and nothing else; `sandbox` gives it an origin of its own.
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
# The browser's own player asks for parts with the page's origin; scripts stay forbidden.
_PLAYER_POLICY = f"{_POLICY} allow-same-origin"
_PLAYED = ("video/", "audio/")


@dataclass(frozen=True)
class Content:
    """Stored bytes, what they are, and a name for them. `etag` stands for exactly these bytes."""

    stored: FieldFile
    mime_type: str
    etag: str
    name: str


def serve(request: HttpRequest, content: Content, may_still: MayStill, *, download: bool = False) -> HttpResponseBase:
    """The whole (200), a part (206, 416) or nothing new (304). Raises Http404 when the bytes are gone.

    Once `may_still` says no, what is on its way ends within 30 s, cut off before its length is reached.
    """
    try:
        size_bytes = content.stored.size
    except (FileNotFoundError, ValueError):
        raise Http404("The stored file is missing.") from None
    etag = f'"{content.etag}"'
    try:
        span = _span(request, etag, size_bytes)
    except Unsatisfiable:
        return _headed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"}), content, download)
    if _is_known(request, etag):
        return _headed(HttpResponse(status=304), content, download)
    whole = span or Span(0, size_bytes)
    response = _body(request, content, whole, may_still)
    response["Content-Length"] = str(whole.length)
    if span:
        response.status_code = 206
        response["Content-Range"] = span.content_range(size_bytes)
    return _headed(response, content, download)


def _span(request: HttpRequest, etag: str, size_bytes: int) -> Span | None:
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return wanted(request.headers.get("Range", ""), size_bytes)


def _is_known(request: HttpRequest, etag: str) -> bool:
    given = [each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))]
    return etag in given or "*" in given


def _body(request: HttpRequest, content: Content, span: Span, may_still: MayStill) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    # Django would gather a sync iterator in memory under ASGI, and an async one elsewhere.
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(
            without_connection(while_they_may_async(_chunks_async(content.stored, span), may_still))
        )
    return StreamingHttpResponse(while_they_may(_chunks(content.stored, span), may_still))


def _headed(response: HttpResponseBase, content: Content, download: bool) -> HttpResponseBase:
    in_place = content.mime_type.startswith(SHOWN_IN_PLACE) and not download
    response["Content-Type"] = content.mime_type if content.mime_type.startswith(SHOWN_IN_PLACE) else _OPAQUE
    response["Content-Disposition"] = content_disposition_header(not in_place, content.name) or "attachment"
    response["ETag"] = f'"{content.etag}"'
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"  # kept by the browser, shown only after the console was asked
    response["Content-Security-Policy"] = _PLAYER_POLICY if content.mime_type.startswith(_PLAYED) else _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


_OPAQUE = "application/octet-stream"


def _chunks(stored: FieldFile, span: Span) -> Iterator[bytes]:
    with _opened_at(stored, span) as file:
        left = span.length
        while left and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


async def _chunks_async(stored: FieldFile, span: Span) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(_opened_at, stored, span)
    try:
        left = span.length
        while left and (chunk := await asyncio.to_thread(file.read, min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
    finally:
        file.close()


def _opened_at(stored: FieldFile, span: Span) -> "File[bytes]":
    # Opened by name: the field itself keeps one open file, and one row may be served to several players at once.
    file: File[bytes] = stored.storage.open(stored.name or "", "rb")
    file.seek(span.start)
    return file

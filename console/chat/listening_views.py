"""The stream of one turn, for any page that shows it."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from console.chat.drawing import Mark
from console.chat.finding import find_turn
from console.chat.listening import Listener, events
from console.chat.models import Turn
from console.engine.idling import begun_without_connection
from console.teams.access import Act, TeamRequest, may
from console.teams.streaming import still_allowed


@require_GET
async def stream(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET `/chat/turns/<id>/stream/?seen=…`, read-only. `Last-Event-ID` wins over `seen`."""
    entered, turn = await sync_to_async(find_turn)(request, pk)
    seen = Mark.read(request.headers.get("Last-Event-ID") or request.GET.get("seen", ""))
    return streamed(entered, turn, seen)


def streamed(request: TeamRequest, turn: Turn, seen: Mark | None, beginning: bytes = b"") -> StreamingHttpResponse:
    """The answer that follows this turn to its end."""
    allowed: Callable[[], Awaitable[bool]] = partial(sync_to_async(_checked), request, turn.pk)
    listener = Listener(may(request.membership.role, Act.SUBMIT), allowed, seen, request.user.pk)
    told = begun_without_connection(events(turn.pk, listener, beginning))
    response = StreamingHttpResponse(told, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _checked(request: TeamRequest, turn_id: UUID) -> bool:
    try:
        is_theirs = Turn.objects.visible_to(request.user).filter(pk=turn_id).exists()
        return is_theirs and still_allowed(request, request.user.pk, request.team.pk)
    finally:
        close_old_connections()  # the reader waits again, for seconds or minutes

"""A turn as server-sent events for a page: what it lacks of the text, then live, then the end. Changes nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import sync_to_async
from django.template.loader import render_to_string

from console.chat.drawing import Mark, Partial, message
from console.chat.live_turn import LiveTurn
from console.chat.models import Turn
from console.chat.presenting import shown_of
from console.chat.resolving import ResolutionForm, needs_resolution
from console.chat.running import stage
from console.chat.tailing import tail
from console.live.leaving import leaving
from console.live.seats import TOLD, Seat, seat_of

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 1800.0


@dataclass(frozen=True)
class Listener:
    """Who listens: what the page has drawn, whether its person may act, and whether they may (still) see it."""

    may_submit: bool
    still_allowed: Callable[[], Awaitable[bool]]
    seen: Mark | None = None
    person: UUID | None = None


async def events(pk: UUID, listener: Listener, beginning: bytes = b"") -> AsyncIterator[bytes]:
    """The bytes of the stream; ends by itself with the turn, when this process leaves, or when it is not allowed."""
    yield b"retry: 500\n\n" + beginning
    with seat_of(listener.person) as seat:
        async with _following(pk) as live:
            async for piece in _until_the_end(live, listener, seat):
                yield piece
            is_elsewhere = not live.is_over or live.is_elsewhere
    if seat.is_taken and is_elsewhere:
        yield TOLD
    elif is_elsewhere:
        yield message(json.dumps({"id": str(pk)}), event="turn-elsewhere")
    else:
        yield await _end(pk, listener.may_submit)


async def _until_the_end(live: LiveTurn, listener: Listener, seat: Seat) -> AsyncIterator[bytes]:
    now, seen, phase, drawn = asyncio.get_running_loop().time, listener.seen, "", -1
    ends_at, checked_at = now() + LONGEST_SECONDS, now()
    leave = leaving()
    while not live.is_over and not leave.is_set() and not seat.is_taken and now() < ends_at:
        version = live.version
        if live.drawing.number != drawn or (seen and seen.send != live.drawing.send):
            drawn, mark = live.drawing.number, live.drawing.mark
            if live.drawing.number or seen is not None:
                yield live.drawing.message_after(seen)
            seen = mark
        if live.phase != phase:
            phase = live.phase
            yield await _phase(live.pk, phase)
        if not await _changed(live, version, (leave, seat), checked_at + HEARTBEAT_SECONDS - now()):
            if not await listener.still_allowed():
                return
            checked_at = now()
            yield b": still here\n\n"


async def _changed(live: LiveTurn, version: int, ends: tuple[asyncio.Event, Seat], within_seconds: float) -> bool:
    """False when the time is over. The ends are looked for every second, so that no task is made for each change."""
    left, (leave, seat) = within_seconds, ends
    while left > 0 and not leave.is_set() and not seat.is_taken:
        if await live.changed_since(version, min(left, 1.0)):
            return True
        left -= 1.0
    return leave.is_set() or seat.is_taken


@asynccontextmanager
async def _following(pk: UUID) -> AsyncIterator[LiveTurn]:
    live = stage().live(pk)
    elsewhere = live is None
    if live is None:
        live = await tail().follow(pk)
    live.listeners += 1
    if not live.is_over:
        live.draw()
    try:
        yield live
    finally:
        live.listeners -= 1
        if elsewhere:
            tail().leave(pk)


_phases: dict[str, str] = {}


async def _phase(pk: UUID, phase: str) -> bytes:
    if phase not in _phases:
        _phases[phase] = await sync_to_async(render_to_string)("chat/_phase.html", {"pk": "{pk}", "phase": phase})
    html = _phases[phase].replace("{pk}", str(pk))
    return message(str(Partial(f"turn-{pk}-phase", "outerMorph", html)))


async def _end(pk: UUID, may_submit: bool) -> bytes:
    html, status = await sync_to_async(_drawn)(pk, may_submit)
    return message(str(Partial(f"turn-{pk}", "outerMorph", html))) + message(
        json.dumps({"id": str(pk), "status": status}), event="turn-ended"
    )


def _drawn(pk: UUID, may_submit: bool) -> tuple[str, str]:
    turn = Turn.objects.select_related("conversation__project", "created_by").get(pk=pk)
    resolution = ResolutionForm() if needs_resolution(turn) else None
    context = {"shown": shown_of(turn), "may_submit": may_submit, "resolution": resolution}
    return render_to_string("chat/_turn.html", context), turn.status

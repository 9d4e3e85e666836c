"""Server-sent events out: what changed in one team, as named events that fragments listen to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from console.live.hub import hub
from console.live.leaving import leaving
from console.live.models import Event
from console.live.seats import TOLD, Seat

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0
LOOK_SECONDS = 1.0  # how soon a stream notices that its process leaves


async def events(
    team_id: UUID,
    since: int | None,
    still_allowed: Callable[[], Awaitable[bool]],
    reach: frozenset[UUID] | None = None,
    seat: Seat | None = None,
) -> AsyncIterator[bytes]:
    """The bytes of the stream. With a `reach`, what is about other projects than these is left out.

    Ends by itself after ten minutes, when the process leaves, when its seat is taken, and within 15 s of
    `still_allowed` saying no.
    """
    now = time.monotonic
    ends_at = now() + LONGEST_SECONDS
    checked_at = now()
    leave = leaving()
    async with hub.subscribe(team_id, since) as queue:
        yield b"retry: 500\n\n"
        while now() < ends_at and not leave.is_set():
            if seat and seat.is_taken:
                yield TOLD
                return
            if now() >= checked_at + HEARTBEAT_SECONDS:  # also where something is told all the time
                if not await still_allowed():
                    return
                checked_at = now()
                yield b": still here\n\n"
            try:
                event = await asyncio.wait_for(queue.get(), min(LOOK_SECONDS, checked_at + HEARTBEAT_SECONDS - now()))
            except TimeoutError:
                continue
            if event is None:
                return
            if reach is None or event.project_id is None or event.project_id in reach:
                yield _encoded(event)


def _encoded(event: Event) -> bytes:
    return f"id: {event.id}\nevent: {event.name}\ndata: {json.dumps(event.data)}\n\n".encode()

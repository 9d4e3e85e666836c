"""Server-sent events out: what changed in one team, as named events that fragments listen to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from console.live.hub import hub
from console.live.models import Event

HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0


async def events(
    team_id: UUID, since: int | None, still_allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """The bytes of the stream. Ends by itself after ten minutes, and within 15 s of `still_allowed` saying no."""
    now = time.monotonic
    ends_at = now() + LONGEST_SECONDS
    checked_at = now()
    async with hub.subscribe(team_id, since) as queue:
        yield b"retry: 500\n\n"
        while now() < ends_at:
            try:
                event = await asyncio.wait_for(queue.get(), max(0.0, checked_at + HEARTBEAT_SECONDS - now()))
            except TimeoutError:
                if not await still_allowed():
                    return
                checked_at = now()
                yield b": still here\n\n"
                continue
            if event is None:
                return
            yield _encoded(event)


def _encoded(event: Event) -> bytes:
    return f"id: {event.id}\nevent: {event.name}\ndata: {json.dumps(event.data)}\n\n".encode()

"""One tail of the event table per process, shared by all its streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db.models import Max

from console.live.models import Event

log = structlog.get_logger("console.live")

TAIL_SECONDS = 0.25
QUEUE_SIZE = 1000


class Hub:
    """Fans out events to subscribers of their team. The tail runs only while somebody listens."""

    def __init__(self) -> None:
        self._queues: dict[UUID, set[asyncio.Queue[Event | None]]] = {}
        self._tail: asyncio.Task[None] | None = None
        self._position = 0

    @asynccontextmanager
    async def subscribe(self, team_id: UUID, since: int | None) -> AsyncIterator["asyncio.Queue[Event | None]"]:
        """A queue of the team's events after `since` (else from now on); None in it means: too slow, reconnect."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_SIZE)
        newest = await _newest()
        if self._tail is None or self._tail.done():
            self._position = newest
            self._tail = asyncio.create_task(self._follow())
        self._queues.setdefault(team_id, set()).add(queue)
        seen = self._position
        for event in await _between(team_id, since, seen) if since is not None else []:
            queue.put_nowait(event)
        try:
            yield queue
        finally:
            self._queues[team_id].discard(queue)
            if not self._queues[team_id]:
                del self._queues[team_id]
            if not self._queues and self._tail is not None:
                self._tail.cancel()
                self._tail = None

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(TAIL_SECONDS)
            try:
                events = await _after(self._position)
            except DatabaseError as error:  # a busy or restarting database: the next look finds the same events
                log.warning("tail_failed", error=type(error).__name__)
                continue
            for event in events:
                self._position = event.id
                for queue in self._queues.get(event.team_id, ()):
                    if queue.full():
                        queue.get_nowait()
                        event_or_end: Event | None = None
                    else:
                        event_or_end = event
                    queue.put_nowait(event_or_end)


hub = Hub()


@sync_to_async
def _newest() -> int:
    return Event.objects.aggregate(newest=Max("id"))["newest"] or 0


@sync_to_async
def _after(position: int) -> list[Event]:
    return list(Event.objects.filter(id__gt=position).order_by("id")[:500])


@sync_to_async
def _between(team_id: UUID, since: int, until: int) -> list[Event]:
    return list(Event.objects.filter(team_id=team_id, id__gt=since, id__lte=until).order_by("id")[: QUEUE_SIZE - 1])

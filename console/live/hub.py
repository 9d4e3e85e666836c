"""One tail of the event table per process, shared by all its streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from console.live.models import Event

log = structlog.get_logger("console.live")

TAIL_SECONDS = 0.25
QUEUE_SIZE = 1000
MOST_AT_ONCE = 5000
# PostgreSQL gives out ids before their transactions commit: one may appear this long after a higher one.
LATE_SECONDS = {"postgresql": 5}

EventQueue = asyncio.Queue[Event | None]


class Hub:
    """Fans out events to subscribers of their team. The tail runs only while somebody listens."""

    def __init__(self) -> None:
        self._queues: dict[UUID, set[EventQueue]] = {}
        self._tail: asyncio.Task[None] | None = None
        self._floor = 0
        self._seen: set[int] = set()

    @asynccontextmanager
    async def subscribe(self, team_id: UUID, since: int | None) -> AsyncIterator[EventQueue]:
        """A queue of the team's events after `since` (else from now on); None in it means: too slow, reconnect.

        On PostgreSQL an event of the last seconds may come twice, or after one with a higher id.
        """
        queue: EventQueue = asyncio.Queue(QUEUE_SIZE)
        floor, seen = await _position()
        if self._tail is None or self._tail.done():
            self._floor, self._seen = floor, seen
            self._tail = asyncio.create_task(self._follow())
        self._queues.setdefault(team_id, set()).add(queue)
        try:
            missed = [] if since is None else await _since(team_id, since)
            _put_first(queue, [event for event in missed if event.id <= self._floor or event.id in self._seen])
            yield queue
        finally:
            self._leave(team_id, queue)

    def _leave(self, team_id: UUID, queue: EventQueue) -> None:
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
                events = await _after(self._floor)
            except DatabaseError as error:  # a busy or restarting database: the next look finds the same events
                log.warning("tail_failed", error=type(error).__name__)
                continue
            for event in events:
                if event.id not in self._seen:
                    for queue in self._queues.get(event.team_id, ()):
                        _put(queue, event)
            self._floor = max([self._floor, *(event.id for event in events if event.at < _settled_before())])
            self._seen = {event.id for event in events if event.id > self._floor}


hub = Hub()


def _put(queue: EventQueue, event: Event) -> None:
    """A reader too slow for its queue is cut before the first event that it has not read, so that it resumes there."""
    if not queue.full():
        queue.put_nowait(event)
        return
    _drain(queue)
    queue.put_nowait(None)


def _put_first(queue: EventQueue, missed: list[Event]) -> None:
    """What the tail had passed already comes before what it has brought meanwhile; what does not fit, next time."""
    known = {event.id for event in missed}
    whole = [*missed, *(event for event in _drain(queue) if event is None or event.id not in known)]
    for event in whole[: QUEUE_SIZE - 1]:
        queue.put_nowait(event)
    if len(whole) >= QUEUE_SIZE:
        queue.put_nowait(None)


def _drain(queue: EventQueue) -> list[Event | None]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def _settled_before() -> datetime:
    """No event older than this will appear any more."""
    return timezone.now() - timedelta(seconds=LATE_SECONDS.get(connection.vendor, 0))


@sync_to_async
def _position() -> tuple[int, set[int]]:
    """The newest event below which none will appear, and those above it that are there already."""
    settled = Event.objects.filter(at__lt=_settled_before()).order_by("-id")
    floor = settled.values_list("id", flat=True).first() or 0
    return floor, set(Event.objects.filter(id__gt=floor).values_list("id", flat=True))


@sync_to_async
def _after(floor: int) -> list[Event]:
    return list(Event.objects.filter(id__gt=floor).order_by("id")[:MOST_AT_ONCE])


@sync_to_async
def _since(team_id: UUID, since: int) -> list[Event]:
    missed = Q(id__gt=since)
    if connection.vendor in LATE_SECONDS:
        missed |= Q(at__gte=_settled_before())
    return list(Event.objects.filter(missed, team_id=team_id).order_by("id")[:QUEUE_SIZE])

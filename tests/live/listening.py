"""Listening to the hub and to a stream, for tests."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from typing import TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connections

from console.live.hub import EventQueue
from console.live.models import Event
from console.live.publishing import publish

WITHIN_SECONDS = 30.0
Answer = TypeVar("Answer")


async def say(team_id: UUID, *names: str) -> None:
    """Publish these events, one after the other."""
    for name in names:
        await sync_to_async(publish)(team_id, name)


async def say_many(team_id: UUID, count: int) -> None:
    """Publish many events at once."""
    await Event.objects.abulk_create(Event(team_id=team_id, name=f"many-{number}") for number in range(count))


async def heard(queue: EventQueue, count: int) -> list[str]:
    """The names of the next events of a queue; "cut" where it says that the reader is too slow."""
    async with asyncio.timeout(WITHIN_SECONDS):
        return [event.name if (event := await queue.get()) else "cut" for _ in range(count)]


async def newest() -> int:
    """The newest event's id."""
    event = await Event.objects.order_by("-id").afirst()
    return event.id if event else 0


def names(stream: Iterable[bytes]) -> list[str]:
    """The names of the events in these bytes."""
    return re.findall(r"^event: (.+)$", b"".join(stream).decode(), re.MULTILINE)


async def alone(test: Callable[[AsyncExitStack], Awaitable[Answer]]) -> Answer:
    """Run it, then close the connections of the thread that only this loop has."""
    try:
        async with AsyncExitStack() as stack:
            return await test(stack)
    finally:
        await sync_to_async(connections.close_all)()

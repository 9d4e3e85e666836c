"""Requests that come while others are being stored are stored next, all in one transaction.

A commit that survives a power cut costs milliseconds whatever is in it, and SQLite takes one writer at a time. So the
more knock at once, the more go through the door together.
"""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

import structlog
from asgiref.sync import sync_to_async

from console.webhooks.knocks import Knock
from console.webhooks.receiving import LATER, receive

log = structlog.get_logger("console.webhooks")

MOST_AT_ONCE: Final = 100
MOST_WAITING: Final = 1000  # of at most 256 KiB; who comes then is asked to come again


@dataclass(eq=False)
class Waiting:
    """A request at a door, and its HTTP status as soon as it is known."""

    door: str
    knock: Knock
    status: int | None = field(default=None)


class Doorkeeper:
    """One a process: nobody waits for more than the transaction before theirs."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._storing: asyncio.Task[None] | None = None

    async def answer(self, door: str, knock: Knock) -> int:
        """The HTTP status to answer with, once what it promises is committed.

        The first who finds nobody storing does it for all who wait, in the thread of its own request. It goes on when
        that request is cut: the others rely on it.
        """
        if len(self._waiting) >= MOST_WAITING:
            return LATER
        mine = Waiting(door, knock)
        self._waiting.append(mine)
        while mine.status is None:
            if self._storing is None:
                self._storing = asyncio.create_task(self._store())
            await asyncio.wait({self._storing})
        return mine.status

    async def _store(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
        try:
            await sync_to_async(_receive_all)(batch)
        except Exception:
            log.exception("webhooks_not_received")
        finally:
            for each in batch:
                if each.status is None:
                    each.status = LATER
            self._storing = None


def _receive_all(batch: list[Waiting]) -> None:
    by_door: defaultdict[str, list[Waiting]] = defaultdict(list)
    for each in batch:
        by_door[each.door].append(each)
    for door, those in by_door.items():
        for each, status in zip(those, receive(door, [one.knock for one in those]), strict=True):
            each.status = status

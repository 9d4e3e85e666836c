"""One writer per process: text, leases and ends of all its turns, in one transaction a tick."""

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections, transaction
from django.utils import timezone

from console.chat.asking import LEASE
from console.chat.models import Turn, TurnPiece

log = structlog.get_logger("console.chat")

TICK_SECONDS = 0.15
RENEW_SECONDS = 4.0
LOOK_FOR_STOPS_SECONDS = 0.5
AFTER_A_FAILURE_SECONDS = 1.0


class Piece(NamedTuple):
    """Text that came since the last tick."""

    turn: UUID
    send: int
    number: int
    text: str


class Held(NamedTuple):
    """What the database says about the turns we hold: those still ours, and those a person wants stopped."""

    ours: frozenset[UUID]
    stopped: frozenset[UUID]


@dataclass
class Change:
    """Something to write in the next transaction, and who waits for it."""

    write: Callable[[], Any]
    done: "asyncio.Future[Any]"
    result: Any = field(default=None)
    error: BaseException | None = field(default=None)


class Writer:
    """`pieces` and `leases` are asked at each tick; `held` is told what the database says."""

    def __init__(
        self,
        pieces: Callable[[], list[Piece]],
        leases: Callable[[], set[UUID]],
        held: Callable[[Held], None],
    ) -> None:
        self._pieces, self._leases, self._held = pieces, leases, held
        self._changes: list[Change] = []
        self._unwritten: list[Piece] = []
        self._wake = asyncio.Event()
        self.alone = asyncio.Lock()  # held while the room writes: one transaction a process at a time
        self._renewed_at = self._looked_at = 0.0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chat-writer")

    async def write(self, write: Callable[[], Any]) -> Any:
        """The result of `write`, once it is committed. Tried again while the database is away."""
        change = Change(write, asyncio.get_running_loop().create_future())
        self._changes.append(change)
        self._wake.set()
        return await change.done

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            pause = TICK_SECONDS
            try:
                await self.tick()
            except DatabaseError as error:  # a busy or restarting database: everything is still in memory
                log.warning("chat_not_written", error=type(error).__name__)
                pause = AFTER_A_FAILURE_SECONDS
            took = loop.time() - began
            await self._pause(max(pause, took * 2))

    async def tick(self) -> None:
        """Write what there is. Raises DatabaseError; nothing is forgotten then."""
        loop = asyncio.get_running_loop()
        self._wake.clear()
        self._unwritten += self._pieces()
        pieces, changes = self._unwritten, [each for each in self._changes if not each.done.done()]
        leases = self._leases()
        renew = leases if loop.time() - self._renewed_at > RENEW_SECONDS else set()
        look = leases if loop.time() - self._looked_at > LOOK_FOR_STOPS_SECONDS else set()
        self._changes = changes
        if not (pieces or changes or look):
            return
        batch = list(changes)
        async with self.alone:
            held = await self.in_thread(lambda: _write(pieces, batch, renew, look))
        self._unwritten = []
        self._changes = [each for each in self._changes if each not in batch]
        if renew:
            self._renewed_at = loop.time()
        if held is not None:
            self._looked_at = loop.time()
            self._held(held)
        for change in batch:
            _resolve(change)

    async def in_thread(self, work: Callable[[], Any]) -> Any:
        """Database work of this room's, one after another and off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, contextvars.Context().run, _with_fresh_connection, work)

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=False)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
        await asyncio.sleep(0.005)  # what happens at the same moment is written together


def _write(pieces: Iterable[Piece], changes: list[Change], renew: set[UUID], look: set[UUID]) -> Held | None:
    with transaction.atomic():
        held = _held(renew, look)
        TurnPiece.objects.bulk_create(
            [TurnPiece(turn_id=each.turn, send=each.send, index=each.number, text=each.text) for each in pieces],
            ignore_conflicts=True,
        )
        for change in changes:
            _write_one(change)
    return held


def _held(renew: set[UUID], look: set[UUID]) -> Held | None:
    """Before the changes of this tick are written: a turn that they end is still ours, and ends by itself."""
    if renew:
        Turn.objects.filter(lease__in=renew, finished_at=None).update(leased_until=timezone.now() + LEASE)
    if not look:
        return None
    found = dict(Turn.objects.filter(lease__in=look, finished_at=None).values_list("pk", "stop_requested_at"))
    return Held(frozenset(found), frozenset(pk for pk, stop in found.items() if stop is not None))


def _write_one(change: Change) -> None:
    """One that cannot be written does not stop the rest; its turn learns of it."""
    change.error = None
    try:
        with transaction.atomic():
            change.result = change.write()
    except DatabaseError as error:
        log.exception("chat_change_failed", error=type(error).__name__)
        change.error = error


def _resolve(change: Change) -> None:
    if change.done.done():
        return
    if change.error is not None:
        change.done.set_exception(change.error)
    else:
        change.done.set_result(change.result)


def _with_fresh_connection(work: Callable[[], Any]) -> Any:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()

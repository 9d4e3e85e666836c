"""The server's side of turns: each runs as a task of the process, not of the request that asked."""

import asyncio
import contextvars
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

import structlog
from django.utils import timezone

from console.chat.live_turn import LiveTurn
from console.chat.models import Turn
from console.chat.outcomes import Act, Next
from console.chat.run import Run
from console.chat.writing import Held, Piece, Writer

log = structlog.get_logger("console.chat")

GRACE_SECONDS = 5.0


class Stage:
    """All turns that run in one event loop, and the writer they share."""

    def __init__(self) -> None:
        self.lease = uuid4()
        self.runs: dict[UUID, Run] = {}
        self.writer = Writer(self._pieces, lambda: {run.lease for run in self.runs.values()}, self._hold)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing: asyncio.Task[None] | None = None

    def live(self, pk: UUID) -> LiveTurn | None:
        """The turn as it runs here, if it does."""
        run = self.runs.get(pk)
        return run.live if run else None

    def start(self, turn: Turn, first: Next, *, lease: UUID | None = None) -> Run:
        """Run a turn that is leased to us. Nothing of the request is taken along: it may end long before."""
        run = Run(turn, lease or self.lease, self.writer)
        self.runs[turn.pk] = run
        self._keep_writing()
        task = _detached(self._live(run, first))
        run.task = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    def stop(self, pk: UUID) -> bool:
        """A person stops it; whether it runs here. The row says so already."""
        run = self.runs.get(pk)
        if run is not None:
            run.stop()
        return run is not None

    async def settled(self, within_seconds: float) -> None:
        """Wait until nothing runs any more."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=within_seconds)

    async def leave(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """The process ends: turns get a few seconds, the rest is free at once for the next process to recover."""
        await self.settled(grace_seconds)
        left = [run for run in self.runs.values() if run.task and not run.task.done()]
        for run in left:
            run.abandon()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=2)
        if self._writing is not None:
            self._writing.cancel()
        try:
            await self.writer.tick()
            await self.writer.in_thread(lambda: release({run.pk for run in left}, {run.lease for run in left}))
        finally:
            self.writer.close()
            _of_the_loop.pop(asyncio.get_running_loop(), None)
            log.info("chat_left", abandoned=len(left))

    async def _live(self, run: Run, first: Next) -> None:
        try:
            await run.live_through(first)
        except Exception as error:
            log.exception("turn_failed", turn=str(run.pk), error=type(error).__name__)
        finally:
            self.runs.pop(run.pk, None)
            run.live.end(elsewhere=not run.is_final)

    def _keep_writing(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = _detached(self.writer.run())

    def _pieces(self) -> list[Piece]:
        return [piece for run in self.runs.values() if (piece := run.piece()) is not None]

    def _hold(self, held: Held) -> None:
        for pk, run in list(self.runs.items()):
            if pk in held.stopped:
                run.stop()
            elif pk not in held.ours and run.is_known:
                run.abandon()


def release(turns: set[UUID], leases: set[UUID]) -> None:
    """Give turns back at once: whoever recovers need not wait until the leases end."""
    past = timezone.now() - timedelta(seconds=1)
    Turn.objects.filter(pk__in=turns, lease__in=leases, finished_at=None).update(leased_until=past, next_check_at=past)


def stage() -> Stage:
    """The stage of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _of_the_loop:
        _of_the_loop[loop] = Stage()
    return _of_the_loop[loop]


def first_step() -> Next:
    """What a new turn begins with."""
    return Next(Act.SEND, 0, "sending")


def _detached(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """A task without the request's context: its threads and log lines end with the request."""
    return asyncio.get_running_loop().create_task(work, context=contextvars.Context())


_of_the_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, Stage]" = WeakKeyDictionary()

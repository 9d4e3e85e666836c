"""Take up turns whose process is gone: look into their session first, as a read buys nothing; then send again."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.utils import timezone

from console.chat.asking import LEASE
from console.chat.models import Turn
from console.chat.outcomes import Act, Next
from console.chat.running import GRACE_SECONDS, stage
from console.engine.leases import claim

LOOK_EVERY_SECONDS = 0.5
STAND_IN_EVERY_SECONDS = 2.0
STAND_IN_AFTER = timedelta(seconds=5)
MOST_AT_ONCE = 200

log = structlog.get_logger("console.chat")


class Recoverer:
    """One per process. `turn()` takes up what is due now and waits for it; `run()` and `stand_in()` keep doing so."""

    def __init__(self, overdue: timedelta = timedelta()) -> None:
        self._overdue = overdue

    async def run(self, stop: asyncio.Event) -> None:
        """The worker's way: at once, and with an end of its own."""
        await self._keep_taking_up(stop, LOOK_EVERY_SECONDS)
        await stage().leave(GRACE_SECONDS)

    async def stand_in(self, stop: asyncio.Event) -> None:
        """A web process's way: what no worker took up, because there is none or it has too much to do."""
        await self._keep_taking_up(stop, STAND_IN_EVERY_SECONDS)

    async def turn(self, within_seconds: float = 30.0) -> int:
        """Returns how many turns were taken up."""
        found = await self._take_up()
        await stage().settled(within_seconds)
        return found

    async def _keep_taking_up(self, stop: asyncio.Event, every_seconds: float) -> None:
        while not stop.is_set():
            try:
                await self._take_up()
            except DatabaseError as error:  # a busy or restarting database: the next look finds the same turns
                log.warning("chat_not_recovered", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_seconds)

    async def _take_up(self) -> int:
        room = MOST_AT_ONCE - len(stage().runs)
        token, turns = await stage().writer.in_thread(partial(claim_due, room, self._overdue))
        for turn in turns:
            stage().start(turn, next_step(turn), lease=token)
        return len(turns)


def claim_due(limit: int, overdue: timedelta = timedelta()) -> tuple[UUID, list[Turn]]:
    """Lease turns that are due and that nobody runs, for so long at least."""
    since = timezone.now() - overdue
    due = Turn.objects.due(since).abandoned(since)
    token, turns = claim(due, order="next_check_at", limit=limit, lease_seconds=LEASE.total_seconds())
    pks = [turn.pk for turn in turns]
    return token, list(Turn.objects.select_related("conversation").filter(pk__in=pks)) if pks else []


def next_step(turn: Turn) -> Next:
    """What a turn that nobody runs needs first. Whatever Rivya may have is looked for before anything is sent again."""
    if turn.status == Turn.Status.DONE:
        return Next(Act.CONFIRM)
    if turn.status == Turn.Status.STOPPED or turn.is_in_doubt:
        return Next(Act.LOOK, 0, "finding_out")
    return Next(Act.SEND, 0, "sending")

"""The follow loop: claim due jobs, ask about them concurrently, write the answers down in batches."""

import asyncio
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import Case, F, PositiveIntegerField, Q, When
from django.db.models.functions import Now

from console.engine.leases import claim
from console.jobs.asking import Access, Answer, accesses, ask
from console.jobs.models import Job
from console.jobs.settling import settle
from console.keys import vault

LEASE_MARGIN_SECONDS = 15.0
MOST_IN_FLIGHT = 100
LOOK_EVERY_SECONDS = 0.1
SETTLE_EVERY_SECONDS = 0.1


class Follower:
    """One per worker process. `turn()` does what is due now; `run()` keeps turning."""

    def __init__(self) -> None:
        self._asking: set[asyncio.Task[None]] = set()
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()

    async def run(self, stop: asyncio.Event) -> None:
        """Turn until `stop`. Raises whatever ends the claiming or the settling; it may then be run again."""
        settler = asyncio.create_task(self._keep_settling())
        try:
            while not stop.is_set():
                if settler.done():  # answers that nobody writes down would be asked for again and again
                    settler.result()
                await self._start_due()
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        finally:
            if self._asking:
                await asyncio.wait(self._asking, timeout=5)
            settler.cancel()
            await self._settle_waiting()

    async def turn(self) -> int:
        """Ask about everything that is due, wait for the answers, write them down; returns how many jobs it was."""
        started = await self._start_due()
        if self._asking:
            await asyncio.wait(self._asking)
        await self._settle_waiting()
        return started

    async def _start_due(self) -> int:
        token, claimed = await sync_to_async(claim_due)(MOST_IN_FLIGHT - len(self._asking))
        for job, access in claimed:
            task = asyncio.create_task(self._ask(job, token, access))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return len(claimed)

    async def _ask(self, job: Job, token: UUID, access: Access) -> None:
        self._answers.put_nowait(await ask(job, token, access))

    async def _keep_settling(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_EVERY_SECONDS)
            await self._settle_waiting()

    async def _settle_waiting(self) -> None:
        answers = [self._answers.get_nowait() for _ in range(self._answers.qsize())]
        if answers:
            await sync_to_async(settle)(answers)


def claim_due(limit: int) -> tuple[UUID, list[tuple[Job, Access]]]:
    """Lease due jobs. A send is counted with the lease, before its first byte goes out: a kill leaves a trace."""
    vault.primary_key_id()  # without a keyset nothing can be asked: raises NoKeyset before a row is touched
    unsent = Q(rivya_id="")
    token, jobs = claim(
        Job.objects.due().exclude(pk__in=Job.objects.lapsed().values("pk")),
        order="next_check_at",
        limit=limit,
        lease_seconds=settings.RIVYA_TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS,
        sends=Case(When(unsent, then=F("sends") + 1), default=F("sends"), output_field=PositiveIntegerField()),
        first_sent_at=Case(
            When(unsent & (Q(first_sent_at=None) | Q(sends=F("clear_sends"))), then=Now()), default=F("first_sent_at")
        ),
    )
    found = accesses(jobs) if jobs else {}
    return token, [(job, found[job.pk]) for job in jobs]

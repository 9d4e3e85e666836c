"""The hub: an event reaches every subscriber of its team, no other team's, and is never lost between two streams."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.utils import timezone

from console.live.hub import QUEUE_SIZE, Hub
from console.live.models import Event
from console.live.publishing import publish
from tests.live.listening import heard, newest, say, say_many

pytestmark = pytest.mark.django_db(transaction=True)
TEAM, OTHER = uuid4(), uuid4()


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """The connections of the thread that only this test's loop has do not outlive it."""
    yield
    await sync_to_async(connections.close_all)()


async def test_an_event_reaches_every_subscriber_of_its_team_and_no_other_teams() -> None:
    hub = Hub()
    async with (
        hub.subscribe(TEAM, None) as first,
        hub.subscribe(TEAM, None) as second,
        hub.subscribe(OTHER, None) as stranger,
    ):
        await say(TEAM, "job-1", "job-2")
        await say(OTHER, "theirs")
        assert await heard(first, 2) == await heard(second, 2) == ["job-1", "job-2"]
        assert await heard(stranger, 1) == ["theirs"]


async def test_from_now_on_means_nothing_old() -> None:
    await say(TEAM, "old")
    async with Hub().subscribe(TEAM, None) as queue:
        await say(TEAM, "new")
        assert await heard(queue, 1) == ["new"]


async def test_a_subscriber_resumes_after_the_last_event_it_saw() -> None:
    hub = Hub()
    await say(TEAM, "seen")
    seen = await newest()
    async with hub.subscribe(OTHER, None):  # the tail runs already
        await say(TEAM, "missed")
        await say(OTHER, "theirs")
        async with hub.subscribe(TEAM, seen) as queue:
            await say(TEAM, "next")
            expected = ["missed", "next"] if connection.vendor == "sqlite" else ["seen", "missed", "next"]
            assert await heard(queue, len(expected)) == expected


async def test_a_slow_reader_is_cut_and_loses_nothing_when_it_resumes() -> None:
    hub = Hub()
    await say(TEAM, "the last one seen")
    last = await newest()
    async with hub.subscribe(TEAM, None) as queue, hub.subscribe(TEAM, None) as quick:
        for _ in range(2):
            await say_many(TEAM, QUEUE_SIZE // 2)
            assert len(await heard(quick, QUEUE_SIZE // 2)) == QUEUE_SIZE // 2
        await say(TEAM, "one too many")
        assert await heard(quick, 1) == ["one too many"]
        assert await heard(queue, 1) == ["cut"], "before the first event that it would miss"
    await Event.objects.aupdate(at=timezone.now() - timedelta(minutes=1))
    async with hub.subscribe(TEAM, last) as queue:
        first = await heard(queue, QUEUE_SIZE)
    assert first == [*(f"many-{number % (QUEUE_SIZE // 2)}" for number in range(QUEUE_SIZE - 1)), "cut"]
    async with hub.subscribe(TEAM, last + QUEUE_SIZE - 1) as queue:
        assert await heard(queue, 2) == [f"many-{QUEUE_SIZE // 2 - 1}", "one too many"]


async def test_an_event_that_is_committed_late_is_heard_all_the_same() -> None:
    told, may_commit = threading.Event(), threading.Event()

    def dawdle() -> None:
        with transaction.atomic():
            publish(TEAM, "late")
            told.set()
            may_commit.wait(10)
        connections.close_all()

    async with Hub().subscribe(TEAM, None) as queue:
        dawdler = threading.Thread(target=dawdle)
        dawdler.start()
        await asyncio.to_thread(told.wait, 10)
        speaker = asyncio.create_task(say(TEAM, "early"))
        overtaken, _ = await asyncio.wait({speaker}, timeout=1)  # on SQLite nothing overtakes: it waits for the lock
        first = await heard(queue, 1) if overtaken else []
        may_commit.set()
        assert sorted(first + await heard(queue, 2 - len(first))) == ["early", "late"]
        await speaker
        dawdler.join()

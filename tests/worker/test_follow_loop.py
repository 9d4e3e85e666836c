"""The follow loop as the worker runs it: it may fail, but it never goes on asking without writing down."""

import asyncio
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import connection, connections

from console.jobs.loop import Follower
from console.jobs.models import Job
from console.keys.clients import connected
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job

WITHIN_SECONDS = 30


@pytest.mark.django_db(transaction=True)
async def test_a_loop_that_cannot_write_answers_down_ends_and_can_be_run_again(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    match = {"path": "/api/v1/generations", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "fault": "slow", "seconds": 1})
    job = await sync_to_async(make_job)(project, alice)
    follower, stop = Follower(), asyncio.Event()
    async with connected():
        running = asyncio.create_task(follower.run(stop))
        await until(lambda: Job.objects.filter(pk=job.pk, sends=1).exists())
        await sync_to_async(rename)("keys_secret", "keys_secret_away")
        try:
            with pytest.raises(DatabaseError):
                await asyncio.wait_for(running, WITHIN_SECONDS)
        finally:
            await sync_to_async(rename)("keys_secret_away", "keys_secret")
        await Job.objects.filter(pk=job.pk).aupdate(leased_until=None)
        running = asyncio.create_task(follower.run(stop))
        await until(lambda: Job.objects.filter(pk=job.pk, status=Job.Status.SUCCEEDED).exists())
        stop.set()
        await asyncio.wait_for(running, WITHIN_SECONDS)
    await sync_to_async(connections.close_all)()  # those of the thread that only this test's loop has
    assert len(sandbox.generations()) == 1


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await sync_to_async(look)():
            await asyncio.sleep(0.05)


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")

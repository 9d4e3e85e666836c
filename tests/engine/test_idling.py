from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from console.engine.idling import without_connection
from console.teams.models import Team

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def is_connected() -> bool:
    return connection.connection is not None


async def test_a_slow_reader_holds_no_database_connection() -> None:
    async def told() -> AsyncIterator[bytes]:
        for _ in range(2):
            yield str(await Team.objects.acount()).encode()

    held = [(chunk, await is_connected()) async for chunk in without_connection(told())]
    assert held == [(b"0", False), (b"0", False)]


async def test_a_reader_who_leaves_ends_the_making_of_the_answer() -> None:
    ended = []

    async def told() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            yield b"second"
        finally:
            ended.append(True)

    chunks = cast(AsyncGenerator[bytes, None], without_connection(told()))
    assert await anext(chunks) == b"first"
    await chunks.aclose()
    assert ended == [True]

"""Hold no thread and no database connection for a reader: the pool has twenty, a page's stream lasts for minutes."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from asgiref.sync import sync_to_async
from django.db import connections

from console.engine.threads import let_thread_go


async def without_connection(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes. What the view, or the making of a chunk, used of the database is given back before it is sent.

    Django itself gives a connection back only when the whole answer is through.
    """
    async with aclosing(cast(AsyncGenerator[bytes, None], chunks)):
        async for chunk in chunks:
            await sync_to_async(_give_back)()
            let_thread_go()
            yield chunk


async def begun_without_connection(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, for a stream of many small chunks that asks the database nothing, or gives back what it used."""
    await sync_to_async(_give_back)()
    let_thread_go()
    async with aclosing(cast(AsyncGenerator[bytes, None], chunks)):
        async for chunk in chunks:
            yield chunk


async def rest_connection() -> None:
    """Before a request waits for another: held meanwhile, the connection may be the one that the other waits for."""
    await sync_to_async(_give_back)()


def _give_back() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:  # a test's, which goes on using it
            connection.close_if_unusable_or_obsolete()

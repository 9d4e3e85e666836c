"""A server of a test's own on a real socket, which ends with the test that opened it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[int]:
    """The port of a server that talks so to each who connects.

    asyncio's own server forgets its conversations when it closes: one that still waits is then destroyed by the
    garbage collector in the middle of whatever test runs next. Here each is ended and its socket closed before the
    server is over; a conversation that failed, other than by its connection, fails the test.
    """
    talking: list[asyncio.Task[None]] = []
    writers: list[asyncio.StreamWriter] = []

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        talking.append(asyncio.create_task(talk(reader, writer)))

    listening = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        async with listening:
            yield listening.sockets[0].getsockname()[1]
    finally:
        for task in talking:
            task.cancel()
        ends = await asyncio.gather(*talking, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # aborted sockets are closed in the next turn of the loop
    broken = [end for end in ends if isinstance(end, Exception) and not isinstance(end, ConnectionError)]
    if broken:
        raise ExceptionGroup("a conversation failed", broken)

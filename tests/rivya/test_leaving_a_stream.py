"""A reader that is cancelled in the middle of waiting lets go of the connection."""

import asyncio

from tests.rivya.stage import Stage, event_stream, payload
from tests.rivya.test_chat_stream import stream_of


async def test_a_cancelled_reader_closes_the_response() -> None:
    reply = event_stream([payload("chat.live.sse")[:200]], hang=True)
    started = asyncio.Event()

    async def read() -> None:
        async with Stage(reply).client.chat.stream(b"{}", idempotency_key="k") as events:
            async for _ in events:
                started.set()

    reader = asyncio.create_task(read())
    await started.wait()
    reader.cancel()
    await asyncio.wait([reader])
    assert reader.cancelled()
    assert stream_of(reply).closed

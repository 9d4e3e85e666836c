"""Connections are reused, bounded and given back whatever happens."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from console import rivya
from console.rivya._connections import Connections
from tests.rivya.stage import BASE_URL, Pieces, answer
from tests.rivya.wires import server


class Line:
    """A connection that only knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
async def connections() -> AsyncIterator[Connections[Line]]:
    connections = Connections(Line, limit=2)
    yield connections
    await connections.aclose()


async def test_the_warmest_connection_of_an_origin_is_reused(connections: Connections[Line]) -> None:
    first = await connections.take("a", wait_seconds=1)
    second = await connections.take("a", wait_seconds=1)
    await connections.give_back("a", first)
    await connections.give_back("a", second)
    assert await connections.take("a", wait_seconds=1) is second


async def test_beyond_the_limit_one_waits_and_then_gives_up(connections: Connections[Line]) -> None:
    first = await connections.take("a", wait_seconds=1)
    await connections.take("a", wait_seconds=1)
    with pytest.raises(TimeoutError):
        await connections.take("a", wait_seconds=0.01)
    waiting = asyncio.create_task(connections.take("b", wait_seconds=5))
    await connections.give_back("a", first)
    assert await waiting is first


async def test_a_reader_that_gave_up_waiting_takes_nothing_with_it(connections: Connections[Line]) -> None:
    held = [await connections.take("a", wait_seconds=1) for _ in range(2)]
    waiting = asyncio.create_task(connections.take("a", wait_seconds=5))
    await asyncio.sleep(0)
    waiting.cancel()
    for line in held:
        await connections.give_back("a", line)
    again = [await connections.take("a", wait_seconds=1) for _ in range(2)]
    assert set(again) == set(held)


async def test_closing_closes_the_used_and_the_idle(connections: Connections[Line]) -> None:
    used, idle = [await connections.take("a", wait_seconds=1) for _ in range(2)]
    await connections.give_back("a", idle)
    await connections.aclose()
    assert (used.closed, idle.closed) == (True, True)


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadError("gone"), httpx.Response(500), httpx.Response(200, content=b"{"), KeyError("a bug")],
    ids=repr,
)
async def test_a_failed_call_gives_its_connection_back(failure: httpx.Response | Exception) -> None:
    script = [failure, answer("generation.queued.json")]

    def play(_: httpx.Request) -> httpx.Response:
        line = script.pop(0)
        if isinstance(line, Exception):
            raise line
        return line

    transport = rivya.Transport(max_connections=1, timeout_seconds=1, backend=lambda: httpx.MockTransport(play))
    client = rivya.Client(transport, base_url=BASE_URL, attempts=1)
    with pytest.raises((rivya.RivyaError, KeyError)):
        await client.generations.retrieve("t")
    assert (await client.generations.retrieve("t")).id == "task_c2f9a1"


async def test_when_every_connection_is_busy_a_call_was_surely_not_sent() -> None:
    stream = httpx.Response(200, stream=Pieces([], hang=True), headers={"content-type": "text/event-stream"})
    transport = rivya.Transport(
        max_connections=1, connect_timeout_seconds=0.05, backend=lambda: httpx.MockTransport(lambda _: stream)
    )
    client = rivya.Client(transport, base_url=BASE_URL, attempts=1)
    async with client.chat.stream(b"{}", idempotency_key="k"):
        with pytest.raises(rivya.TimedOut) as caught:
            await client.credits.retrieve()
    assert not caught.value.sent


async def test_calls_one_after_the_other_share_one_connection() -> None:
    accepted = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal accepted
        accepted += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"current_credits": 7}')
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with server(talk) as port, rivya.Transport() as transport:
        client = rivya.Client(transport, base_url=f"http://127.0.0.1:{port}")
        for _ in range(5):
            await client.credits.retrieve()
    assert accepted == 1

"""The connections that chat streams use, on real sockets: whole answers, broken ones, and what comes together."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from console import rivya
from console.engine.parsing import LLHTTP
from tests.rivya.wires import server

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def event(name: str, data: str = "{}") -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@asynccontextmanager
async def listening(speak: Speak, **options: float) -> AsyncIterator[tuple[rivya.Client, list[bytes]]]:
    """A client of a server that does what `speak` does after each request, and the requests it got."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                asked.append(await reader.readuntil(b"}"))
                await speak(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            asked.append(b"gone")
        finally:
            writer.close()

    async with server(talk) as port, rivya.Transport(for_streams=LLHTTP, **options) as transport:  # type: ignore[arg-type]
        yield rivya.Client(transport, base_url=f"http://127.0.0.1:{port}", api_key="rvya_sk_x", attempts=1), asked


def saying(*pieces: bytes, then_close: bool = False) -> Speak:
    async def speak(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        if then_close:
            writer.close()

    return speak


async def streamed(client: rivya.Client, idle_seconds: float = 5) -> list[rivya.ChatEvent]:
    async with client.chat.stream(b"{}", idempotency_key="k", idle_seconds=idle_seconds) as events:
        return [event async for event in events]


DELTA = event("message.delta", '{"delta": "a"}')


async def test_one_connection_serves_a_stream_after_the_other() -> None:
    body = chunk(DELTA) + chunk(event("done"))
    async with listening(saying(CHUNKED, body + b"0\r\n\r\n")) as (client, asked):
        for _ in range(3):
            assert [type(each) for each in await streamed(client)] == [rivya.MessageDelta, rivya.Done]
    assert len([each for each in asked if each.startswith(b"POST /api/v1/chat/completions/stream HTTP/1.1\r\n")]) == 3


@pytest.mark.parametrize("size", [1, 7, 64])
async def test_an_answer_in_crumbs_is_the_same_answer(size: int) -> None:
    whole = b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED + chunk(DELTA[:9]) + chunk(DELTA[9:]) + chunk(event("done"))

    async def speak(writer: asyncio.StreamWriter) -> None:
        for place in range(0, len(whole), size):
            writer.write(whole[place : place + size])
            await asyncio.sleep(0)

    async with listening(speak) as (client, _):
        assert [type(each) for each in await streamed(client)] == [rivya.MessageDelta, rivya.Done]


async def test_a_body_may_end_with_its_connection() -> None:
    async with listening(saying(HEAD + b"\r\n", DELTA + event("done"), then_close=True)) as (client, _):
        assert [type(each) for each in await streamed(client)] == [rivya.MessageDelta, rivya.Done]


async def test_what_came_while_the_reader_rested_is_there_at_once() -> None:
    begin, go_on = saying(CHUNKED + chunk(DELTA)), saying(*[chunk(DELTA)] * 5, chunk(event("done")))
    is_resting, is_said = asyncio.Event(), asyncio.Event()

    async def speak(writer: asyncio.StreamWriter) -> None:
        await begin(writer)
        await is_resting.wait()
        await go_on(writer)
        is_said.set()

    async with listening(speak) as (client, _), client.chat.stream(b"{}", idempotency_key="k") as events:
        await anext(events)
        drained = [events.is_drained]
        is_resting.set()
        await is_said.wait()
        await asyncio.sleep(0.1)
        await anext(events)
        assert [*drained, events.is_drained] == [True, False]
        assert len([each async for each in events]) == 5


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"nonsense\r\n\r\n",),
        (HEAD,),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 70_000,),
        (b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",),
    ],
    ids=["nothing", "nonsense", "half a head", "endless head", "another protocol"],
)
async def test_what_is_no_answer_leaves_it_unknown(pieces: tuple[bytes, ...]) -> None:
    async with listening(saying(*pieces, then_close=True)) as (client, _):
        with pytest.raises(rivya.NoAnswer) as caught:
            await streamed(client)
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("rest", [b"", chunk(DELTA)[:8], b"zz\r\n"], ids=["cut", "cut in a chunk", "no chunk"])
async def test_a_stream_that_breaks_is_cut(rest: bytes) -> None:
    async with listening(saying(CHUNKED + chunk(DELTA), rest, then_close=True)) as (client, _):
        with pytest.raises(rivya.StreamCut) as caught:
            await streamed(client)
    assert caught.value.outcome == "unknown"


async def test_silence_is_bounded_before_the_head_and_after_it() -> None:
    async def nothing(writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    async with listening(nothing) as (client, _):
        with pytest.raises(rivya.TimedOut):
            await streamed(client, idle_seconds=0.1)
    async with listening(saying(CHUNKED + chunk(DELTA))) as (client, _):
        with pytest.raises(rivya.StreamCut):
            await streamed(client, idle_seconds=1)


async def test_a_closed_port_surely_did_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with rivya.Transport(for_streams=LLHTTP) as transport:
            with pytest.raises(rivya.NoAnswer) as caught:
                await streamed(rivya.Client(transport, base_url=base_url, api_key="rvya_sk_x", attempts=1))
    assert (caught.value.sent, caught.value.outcome) == (False, "not_done")


async def test_leaving_in_the_middle_closes_the_connection() -> None:
    async with listening(saying(CHUNKED + chunk(DELTA))) as (client, asked):
        async with client.chat.stream(b"{}", idempotency_key="k") as events:
            await anext(events)
        async with asyncio.timeout(30):
            while asked[-1] != b"gone":
                await asyncio.sleep(0.01)


async def test_a_reader_that_does_not_read_is_not_filled_without_end() -> None:
    written = 0

    async def pour(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(CHUNKED + chunk(DELTA))
        for _ in range(4000):
            writer.write(chunk(b":" + b"x" * 16_000 + b"\n"))
            await writer.drain()
            written += 16_000

    async with listening(pour) as (client, _), client.chat.stream(b"{}", idempotency_key="k") as events:
        await anext(events)
        await asyncio.sleep(1)
    assert written < 32_000_000

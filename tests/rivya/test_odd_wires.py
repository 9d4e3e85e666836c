"""Real sockets with something wrong on them: nothing there, half an answer, silence, a drip."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from console import rivya
from tests.rivya.wires import server

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(speak: Speak, **options: float) -> AsyncIterator[rivya.Client]:
    """A client of a server that reads a request's head and then does what `speak` does."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await speak(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async with server(talk) as port, rivya.Transport(**options) as transport:  # type: ignore[arg-type]
        yield rivya.Client(transport, base_url=f"http://127.0.0.1:{port}", api_key="rvya_sk_x", attempts=1)


async def test_a_whole_answer_arrives() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"current_credits": 7}')
        await writer.drain()

    async with listening(speak) as client:
        assert (await client.credits.retrieve()).current_credits == 7


async def test_half_a_body_is_no_answer() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"current')
        await writer.drain()

    async with listening(speak) as client:
        with pytest.raises(rivya.NoAnswer) as caught:
            await client.credits.retrieve()
    assert (type(caught.value), caught.value.sent) == (rivya.NoAnswer, True)


async def test_a_connection_closed_without_a_word_is_no_answer() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with listening(speak) as client:
        with pytest.raises(rivya.NoAnswer) as caught:
            await client.credits.retrieve()
    assert caught.value.outcome == "unknown"


async def test_silence_is_bounded() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    async with listening(speak, timeout_seconds=0.2) as client:
        with pytest.raises(rivya.TimedOut):
            await client.credits.retrieve()


async def test_an_answer_that_drips_is_bounded_as_a_whole() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with listening(speak, timeout_seconds=0.3) as client:
        with pytest.raises(rivya.TimedOut) as caught:
            await client.credits.retrieve()
    assert caught.value.sent


async def test_a_closed_port_surely_did_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with rivya.Transport() as transport:
            with pytest.raises(rivya.NoAnswer) as caught:
                await rivya.Client(transport, base_url=base_url, attempts=1).models.list()
    assert (caught.value.sent, caught.value.outcome) == (False, "not_done")


async def test_cookies_of_one_answer_are_not_sent_with_the_next_request() -> None:
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]")
        await writer.drain()
        writer.close()

    async with server(talk) as port, rivya.Transport() as transport:
        client = rivya.Client(transport, base_url=f"http://127.0.0.1:{port}")
        await client.models.list()
        await client.models.list()
    assert len(heads) == 2
    assert not any(b"cookie" in head.lower() for head in heads)


async def test_many_calls_at_once_share_the_connections() -> None:
    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 22\r\n\r\n{"current_credits": 7}')
        await writer.drain()

    async with listening(speak, max_connections=120) as client:
        balances = await asyncio.gather(*(client.credits.retrieve() for _ in range(150)))
    assert {balance.current_credits for balance in balances} == {7}

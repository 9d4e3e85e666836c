"""A stage for the client: the other side answers from a script and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import httpx

from console import rivya

KEY = "rvya_sk_test_THEKEYITSELF"
BASE_URL = "https://rivya.test"

Line = httpx.Response | Exception


def payload(name: str) -> bytes:
    return (Path(__file__).parent / "payloads" / name).read_bytes()


def answer(name: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=payload(name), headers={"content-type": "application/json"})


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    envelope = {"error": {"code": code, "message": f"It says {code}.", "requestId": "req_04c1"}}
    return httpx.Response(
        status, json=envelope, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


class Pieces(httpx.AsyncByteStream):
    """A body that comes piece by piece; an exception among the pieces is raised; it knows whether it was closed."""

    def __init__(self, pieces: Iterable[bytes | Exception], *, hang: bool = False) -> None:
        self.pieces = list(pieces)
        self.hang = hang
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece
        if self.hang:
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True


def event_stream(pieces: Iterable[bytes | Exception], *, hang: bool = False) -> httpx.Response:
    return httpx.Response(
        200, stream=Pieces(pieces, hang=hang), headers={"content-type": "text/event-stream; charset=utf-8"}
    )


class Stage:
    """Answers each request with the next line of its script (the last one again and again)."""

    def __init__(self, *script: Line, attempts: int = 3) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.exchanges: list[rivya.Exchange] = []
        self.transport = rivya.Transport(max_connections=4, backend=lambda: httpx.MockTransport(self._play))
        self.client = rivya.Client(
            self.transport,
            base_url=BASE_URL,
            api_key=KEY,
            attempts=attempts,
            on_exchange=self.exchanges.append,
            sleep=self._sleep,
            jitter=lambda: 1.0,
        )

    async def _play(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(line, Exception):
            raise line
        return line

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def request(self) -> httpx.Request:
        assert len(self.requests) == 1
        return self.requests[0]

    async def create(self) -> rivya.Generation:
        return await self.client.generations.create(b'{"model":"z-image"}', idempotency_key="order-1")

    async def read(self) -> rivya.Generation:
        return await self.client.generations.retrieve("task_1")

    async def stream(self, **options: Any) -> list[rivya.ChatEvent]:
        async with self.client.chat.stream(b"{}", idempotency_key="turn-1", **options) as events:
            return [event async for event in events]

"""One HTTP/1.1 connection for answers that come in thousands of small pieces.

What arrives is kept as it came and parsed when somebody reads: a reader that rests for a moment finds all pieces of
that moment in one, at the price of one. Knows nothing of Rivya and nothing of httpx; llhttp does the parsing.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

_KEPT_IDLE_SECONDS = 30.0
_MOST_UNREAD_BYTES = 256 * 1024
_LARGEST_HEAD_BYTES = 64 * 1024


class StreamParser(NamedTuple):
    """llhttp as httptools offers it, given by whoever has it: makes a parser for a protocol, and what it raises."""

    make: Callable[[Any], Any]
    errors: tuple[type[Exception], ...]


class Broken(ConnectionError):
    """What came is not an answer, or is none any more."""


class Line(asyncio.Protocol):
    """One exchange after the other: `ask`, then `piece` until None. Waits raise TimeoutError and ConnectionError."""

    def __init__(self, parser: StreamParser) -> None:
        self._llhttp = parser
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._wire: asyncio.Transport | None = None
        self._unread: list[bytes] = []
        self._unread_bytes = self._head_bytes = 0
        self._arrival: asyncio.Future[None] | None = None
        self._is_paused = self._has_head = self._is_lost = False
        self._is_whole = self._is_kept = True
        self._pieces: list[bytes] = []
        self._rested_at = time.monotonic()

    @classmethod
    async def connected(
        cls, parser: StreamParser, host: str, port: int, trust: ssl.SSLContext | None, within_seconds: float
    ) -> "Line":
        """A new connection. Raises OSError."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(within_seconds):
            name = host if trust else None
            _, line = await loop.create_connection(lambda: cls(parser), host, port, ssl=trust, server_hostname=name)
        return line

    @property
    def is_usable(self) -> bool:
        """Whether another exchange may begin."""
        is_warm = time.monotonic() - self._rested_at < _KEPT_IDLE_SECONDS
        return self._is_whole and self._is_kept and is_warm and not self._is_lost and not self._unread

    async def ask(self, request: bytes, within_seconds: float) -> None:
        """Send a request; `status` and `headers` are those of its answer then."""
        self._parser = self._llhttp.make(self)
        self._has_head = self._is_whole = False
        self._head_bytes = 0
        self._pieces.clear()
        if self._wire is not None:
            self._wire.write(request)
        while not self._has_head:
            await self._read(within_seconds)

    async def piece(self, within_seconds: float) -> bytes | None:
        """All of the body that has come since the last call; None at its end."""
        while not self._pieces and not self._is_whole:
            await self._read(within_seconds)
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found or None

    def rest(self) -> None:
        """The reader has gone. Without the end of the answer the connection is of no more use."""
        self._rested_at = time.monotonic()
        if not self.is_usable:
            self.close()

    def close(self) -> None:
        """At once."""
        self._is_kept = False
        if self._wire is not None:
            self._wire.abort()

    async def _read(self, within_seconds: float) -> None:
        if not self._unread and not self._is_lost:
            await self._something(within_seconds)
        data = b"".join(self._unread)
        self._unread.clear()
        self._unread_bytes = 0
        if self._is_paused and self._wire is not None and not self._is_lost:
            self._is_paused = False
            self._wire.resume_reading()
        if data:
            self._parse(data)
        else:
            self._end()

    def _parse(self, data: bytes) -> None:
        self._head_bytes += 0 if self._has_head else len(data)
        try:
            self._parser.feed_data(data)
        except self._llhttp.errors:
            self._is_kept = False
            raise Broken from None
        if not self._has_head and self._head_bytes > _LARGEST_HEAD_BYTES:
            raise Broken

    def _end(self) -> None:
        """The other side has closed: which is how a body without a length ends."""
        named = {name.lower() for name, _ in self.headers} if self._has_head else {b"content-length"}
        if named & {b"content-length", b"transfer-encoding"}:
            raise Broken
        self._is_whole = True

    async def _something(self, within_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._arrival = arrival = loop.create_future()
        timer = loop.call_later(within_seconds, _time_out, arrival)
        try:
            await arrival
        finally:
            timer.cancel()
            self._arrival = None

    def _arrived(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    # -- what the loop calls ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's."""
        self._wire = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Asyncio's."""
        self._unread.append(data)
        self._unread_bytes += len(data)
        if self._unread_bytes > _MOST_UNREAD_BYTES and not self._is_paused and self._wire is not None:
            self._is_paused = True
            self._wire.pause_reading()
        self._arrived()

    def connection_lost(self, _error: Exception | None) -> None:
        """Asyncio's."""
        self._is_lost = True
        self._arrived()

    # -- what the parser calls ----------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Llhttp's."""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Llhttp's."""
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Llhttp's."""
        self.status = self._parser.get_status_code()
        self._has_head = self.status >= 200
        self._is_kept = self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        """Llhttp's."""
        self._pieces.append(data)

    def on_message_complete(self) -> None:
        """llhttp's; also of an answer that only announces another (1xx)."""
        self._is_whole = self._has_head


def _time_out(arrival: "asyncio.Future[None]") -> None:
    if not arrival.done():
        arrival.set_exception(TimeoutError())

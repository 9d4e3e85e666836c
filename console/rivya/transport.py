"""The network: the only module that imports httpx.

httpx's transports are driven directly, without its `AsyncClient`: so there are no redirects, no cookies kept between
keys, no proxies or certificates from the environment, and no log line with a URL. Another library would have to offer
what `Transport.open` and `Reply` offer. One transport per event loop.
"""

import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Self

import httpx

from ._addresses import is_public
from ._connections import Connections
from ._exchange import Wire, word
from ._lines import Line, StreamParser
from .errors import NoAnswer, TimedOut

Release = Callable[[], Awaitable[None]]


class Transport:
    """Connections to Rivya and to the media hosts, shared by any number of clients; an async context manager.

    `timeout_seconds` bounds each wait for bytes and, unless a call brings its own, a whole exchange. `for_streams`
    (a parser of HTTP answers) takes connections whose pieces cost a tenth, and that upload no files.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float = 30.0,
        connect_timeout_seconds: float = 10.0,
        max_connections: int = 100,
        for_streams: StreamParser | None = None,
        backend: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self._connect_seconds = min(connect_timeout_seconds, timeout_seconds)
        own = partial(StreamConnection, for_streams) if for_streams else _single_connection
        self._connections = Connections(backend or own, limit=max_connections)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    async def open(self, wire: Wire) -> "Reply":
        """Send a request and wait for the head of the answer; the caller closes the reply. Raises `NoAnswer`."""
        reply = await self._opened(wire)
        if isinstance(reply, NoAnswer):
            raise reply
        return reply

    async def _opened(self, wire: Wire) -> "Reply | NoAnswer":
        # Errors are returned, so that what is raised later carries neither httpx's exception nor its frames.
        try:
            request = self._request(wire)
        except httpx.InvalidURL as error:
            return _no_answer(error)
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        try:
            backend = await self._connections.take(origin, wait_seconds=self._connect_seconds)
        except TimeoutError:
            return TimedOut("No connection was free in time.", sent=False)
        release = partial(self._connections.give_back, origin, backend)
        return await _replied(backend, request, release)

    def _request(self, wire: Wire) -> httpx.Request:
        idle = wire.idle_seconds or self.timeout_seconds
        limits = {"connect": self._connect_seconds, "pool": self._connect_seconds, "read": idle, "write": idle}
        upload = wire.upload
        return httpx.Request(
            wire.method,
            wire.url.reveal(),
            headers={name: value.reveal() for name, value in wire.headers.items()},
            content=wire.body,
            files={"file": (upload.name, upload.file, upload.mime_type)} if upload else None,
            data=upload.form if upload else None,
            extensions={"timeout": limits, **({"trace": _refuse_inside} if wire.public_only else {})},
        )


class Reply:
    """The head of an answer and its body to come; an async context manager that closes the connection's use."""

    def __init__(self, response: httpx.Response, release: "Release") -> None:
        self._response = response
        self._body = response.aiter_bytes()
        self._release: Release | None = release
        self.status = response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """Header values by lower-case name."""
        return dict(self._response.headers)

    @property
    def request_id(self) -> str | None:
        """Rivya's request id as far as a header tells it."""
        return word(self._response.headers.get("x-request-id"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def next_chunk(self) -> bytes | None:
        """The next piece of the body, None at its end. Raises `NoAnswer` when it is lost or too slow."""
        piece = await _next(self._body)
        if isinstance(piece, NoAnswer):
            raise piece
        return piece

    async def read(self, limit_bytes: int) -> "Body":
        """The body up to a limit. What was lost on the way is told, not raised beside the part that came."""
        data = bytearray()
        while len(data) <= limit_bytes:
            piece = await _next(self._body)
            if not isinstance(piece, bytes):
                return Body(bytes(data), is_whole=piece is None, lost=piece)
            data += piece
        return Body(bytes(data[:limit_bytes]), is_whole=False)

    async def aclose(self) -> None:
        """Let go of the connection."""
        release, self._release = self._release, None
        if release is None:
            return
        try:
            await self._response.aclose()
        finally:
            await release()


@dataclass(frozen=True, slots=True)
class Body:
    """A body as far as it came: too large when neither whole nor lost."""

    data: bytes = field(repr=False)
    is_whole: bool
    lost: NoAnswer | None = None


async def _replied(backend: httpx.AsyncBaseTransport, request: httpx.Request, release: Release) -> Reply | NoAnswer:
    response: httpx.Response | None = None
    try:
        response = await backend.handle_async_request(request)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _no_answer(error)
    finally:
        if response is None:
            await release()
    return Reply(response, release)


@cache
def _trust() -> ssl.SSLContext:
    """Made once per process: reading the certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


async def _refuse_inside(event: str, facts: Mapping[str, Any]) -> None:
    """Before a byte is sent: the address that is really connected to, whatever the name led to before."""
    if event != "connection.connect_tcp.complete":
        return
    wire = facts["return_value"]
    address = wire.get_extra_info("server_addr")
    if not address or not is_public(str(address[0])):
        await wire.aclose()
        raise httpx.ConnectError("")


def _single_connection() -> httpx.AsyncHTTPTransport:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30.0)
    return httpx.AsyncHTTPTransport(verify=_trust(), trust_env=False, limits=limits)


class StreamConnection(httpx.AsyncBaseTransport):
    """At most one connection, which gives all that has come since it was last read as one piece."""

    def __init__(self, parser: StreamParser) -> None:
        self._parser = parser
        self._line: Line | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Httpx's. The request's body is bytes."""
        limits = request.extensions["timeout"]
        head = [b"%b %b HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path)]
        head += [b"%b: %b\r\n" % header for header in request.headers.raw]
        asked = b"".join([*head, b"\r\n", await request.aread()])
        line = self._line if self._line and self._line.is_usable else await self._connected(request.url, limits)
        with _as_httpx():
            await line.ask(asked, limits["read"])
        return httpx.Response(line.status, headers=line.headers, stream=_Streamed(line, limits["read"]))

    async def aclose(self) -> None:
        """Httpx's."""
        if self._line is not None:
            self._line.close()

    async def _connected(self, url: httpx.URL, limits: Mapping[str, float]) -> Line:
        await self.aclose()
        is_secret = url.scheme == "https"
        try:
            trust, port = (_trust(), 443) if is_secret else (None, 80)
            self._line = await Line.connected(self._parser, url.host, url.port or port, trust, limits["connect"])
        except TimeoutError:
            raise httpx.ConnectTimeout("") from None
        except OSError:
            raise httpx.ConnectError("") from None
        return self._line


class _Streamed(httpx.AsyncByteStream):
    def __init__(self, line: Line, within_seconds: float) -> None:
        self._line, self._within_seconds = line, within_seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            with _as_httpx():
                piece = await self._line.piece(self._within_seconds)
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        self._line.rest()


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise httpx.ReadTimeout("") from None
    except OSError:
        raise httpx.ReadError("") from None


async def _next(body: AsyncIterator[bytes]) -> bytes | NoAnswer | None:
    try:
        return await anext(body)
    except StopAsyncIteration:
        return None
    except httpx.HTTPError as error:
        return _no_answer(error)


def _no_answer(error: Exception) -> NoAnswer:
    """Our error for one of httpx's; never its text, which may quote headers and URLs."""
    unsent = isinstance(
        error,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol | httpx.InvalidURL,
    )
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(sent=not unsent)
    return NoAnswer("The server could not be reached." if unsent else "The connection was lost.", sent=not unsent)


def _is_no_wire_detail(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# At DEBUG httpcore prints answer headers, and a Location may be a signed URL.
for _name in ("httpcore.http11", "httpcore.http2", "httpcore.connection", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(_is_no_wire_detail)

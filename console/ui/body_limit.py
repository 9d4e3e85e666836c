"""No request body may be larger than what its path is for: it is refused before it fills the disk.

Nor may it stand still before it is whole, or creep. Files may be large, but only from people who are signed in: of
anybody else no more is read than a form holds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from console.ui.answer_headers import for_bare_answers

log = structlog.get_logger("console.ui")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
IsKnown = Callable[[Scope], Awaitable[bool]]

# The largest reference file that a model of Rivya takes is 95 MB (rivya-api.md §3.2); the rest is the form around it.
UPLOAD_BYTES = 100_000_000
FORM_BYTES = 2_000_000
UPLOAD_PATHS = ("/files/",)


# How long a body may pause between two pieces. A slow line still brings some; who sends nothing holds a connection,
# and what came so far on the disk, for ever.
PAUSE_SECONDS = 30.0
# Nor may a byte now and then do so: after a minute's start it brings this much on the average, as any phone does that
# has a line at all. The largest file is whole within seven hours, or refused.
START_SECONDS = 60.0
LEAST_BYTES_A_SECOND = 4096
_TOO_LARGE = "This is larger than the {} MB that can be taken here. Nothing was kept."
_PAUSED = "Nothing more came for a while, so this was not taken. Nothing was kept. Try again."
_CREEPS = "This came too slowly, so it was not taken. Nothing was kept. Try again on a faster line."


class _Refused(Exception):
    """More came than was allowed, or nothing more, or too little."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def limit_bodies(app: App, is_known: IsKnown) -> App:
    """Answers 413 in words, by the declared length at once, by the counted one when a client declares none or lies;
    and 408 to a body that pauses for too long or comes too slowly. All close the connection.

    `is_known` tells whether somebody who is signed in sends this; it is asked only when more than a form comes.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        most, body, has_begun = FORM_BYTES, _Body(receive), False
        refused: _Refused | None = None

        async def allow(size_bytes: int) -> None:
            nonlocal most
            is_file = scope["path"] in UPLOAD_PATHS and most < UPLOAD_BYTES
            if size_bytes > most and is_file and await is_known(scope):
                most = UPLOAD_BYTES
            if size_bytes > most:
                raise _Refused(413, _TOO_LARGE.format(most // 1_000_000))

        async def receive_counted() -> Any:
            nonlocal refused
            try:
                message = await body.next()
                await allow(body.size_bytes)
            except _Refused as error:
                refused = error
            # Told as the end of the connection, at which Django closes the file that it kept the body in.
            return {"type": "http.disconnect"} if refused else message

        async def send_noticed(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await allow(_declared(scope))
            await app(scope, receive_counted, send_noticed)
        except _Refused as error:
            refused = error
        if refused and not has_begun:
            log.info("body_refused", status=refused.status, path=scope["path"], came_bytes=body.size_bytes)
            await _refuse(send, refused)

    return limited


class _Body:
    """What has come of a body, and how long its sender was waited for: our own slowness is not theirs."""

    def __init__(self, receive: Receive) -> None:
        self.size_bytes, self._waited_seconds, self._is_whole = 0, 0.0, False
        self._receive = receive

    async def next(self) -> Any:
        """The next piece, or what comes when it is whole. Raises _Refused when that takes too long."""
        if self._is_whole:
            return await self._receive()
        asked_at = time.monotonic()
        message = await self._within(PAUSE_SECONDS)
        self._waited_seconds += time.monotonic() - asked_at
        self._is_whole = not message.get("more_body", False)
        self.size_bytes += len(message.get("body", b""))
        if not self._is_whole and self.size_bytes < LEAST_BYTES_A_SECOND * (self._waited_seconds - START_SECONDS):
            raise _Refused(408, _CREEPS)
        return message

    async def _within(self, seconds: float) -> Any:
        try:
            async with asyncio.timeout(seconds):
                return await self._receive()
        except TimeoutError:
            raise _Refused(408, _PAUSED) from None


def _declared(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() and len(given) < 19 else 0


async def _refuse(send: Send, refused: _Refused) -> None:
    words = refused.words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *for_bare_answers(),
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": words})

"""No request body may be larger than what its path is for: it is refused before it fills the disk.

Files may be large, but only from people who are signed in: of anybody else no more is read than a form holds.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from console.ui.answer_headers import for_bare_answers

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
IsKnown = Callable[[Scope], Awaitable[bool]]

# The largest reference file that a model of Rivya takes is 95 MB (rivya-api.md §3.2); the rest is the form around it.
UPLOAD_BYTES = 100_000_000
FORM_BYTES = 2_000_000
UPLOAD_PATHS = ("/files/",)


class _TooLarge(Exception):
    """More came than was allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def limit_bodies(app: App, is_known: IsKnown) -> App:
    """Answers 413 in words, by the declared length at once, by the counted one when a client declares none or lies.

    `is_known` tells whether somebody who is signed in sends this; it is asked only when more than a form comes.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        most, counted, has_begun = FORM_BYTES, 0, False

        async def allow(size_bytes: int) -> None:
            nonlocal most
            is_file = scope["path"] in UPLOAD_PATHS and most < UPLOAD_BYTES
            if size_bytes > most and is_file and await is_known(scope):
                most = UPLOAD_BYTES
            if size_bytes > most:
                raise _TooLarge(most)

        async def receive_counted() -> Any:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            await allow(counted)
            return message

        async def send_noticed(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await allow(_declared(scope))
            await app(scope, receive_counted, send_noticed)
        except _TooLarge as error:
            if not has_begun:
                await _refuse(send, error.most)

    return limited


def _declared(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() and len(given) < 19 else 0


async def _refuse(send: Send, most: int) -> None:
    words = f"This is larger than the {most // 1_000_000} MB that can be taken here. Nothing was kept.".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *for_bare_answers(),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": words})

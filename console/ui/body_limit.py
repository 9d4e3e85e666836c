"""No request body may be larger than what its path is for: it is refused before it fills the disk."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# The largest reference file that a model of Rivya takes is 95 MB (rivya-api.md §3.2); the rest is the form around it.
UPLOAD_BYTES = 100_000_000
FORM_BYTES = 2_000_000
UPLOAD_PATHS = ("/files/",)


class _TooLarge(Exception):
    """More came than was allowed."""


def limit_bodies(app: App) -> App:
    """Answers 413 in words, by the declared length at once, by the counted one when a client declares none or lies."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        most = UPLOAD_BYTES if scope["path"] in UPLOAD_PATHS else FORM_BYTES
        if _declared(scope) > most:
            await _refuse(send, most)
            return
        counted = 0

        async def receive_counted() -> Any:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > most:
                raise _TooLarge
            return message

        try:
            await app(scope, receive_counted, send)
        except _TooLarge:
            await _refuse(send, most)

    return limited


def _declared(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() else 0


async def _refuse(send: Send, most: int) -> None:
    words = f"This is larger than the {most // 1_000_000} MB that can be taken here. Nothing was kept.".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": words})

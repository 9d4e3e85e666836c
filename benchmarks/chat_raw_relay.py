"""The least that a relay of ours can be: our client's stream, out again. No sign-in, no database, no Markdown."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from console import rivya
from console.engine.parsing import LLHTTP

clients: dict[str, rivya.Client] = {}


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """POST with a chat body; answers `text/event-stream`."""
    if scope["type"] != "http":
        await lifespan(receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if "rivya" not in clients:
        transport = rivya.Transport(max_connections=2000, for_streams=LLHTTP)
        clients["rivya"] = rivya.Client(transport, base_url=os.environ["RIVYA_BASE_URL"], api_key="rvya_sk_benchmark")
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async with clients["rivya"].chat.stream(body, idempotency_key="benchmark") as events:
        async for event in events:
            text = event.delta if isinstance(event, rivya.MessageDelta) else type(event).__name__
            lines = "\n".join(f"data: {line}" for line in text.split("\n"))
            await send({"type": "http.response.body", "body": f"{lines}\n\n".encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b"event: done\n\n"})


async def lifespan(receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

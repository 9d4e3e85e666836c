"""One fault meeting one request: run the application, hold its answer back, change it, send it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.visits import Visit
from sandbox.world import World

Headers = list[tuple[bytes, bytes]]


@dataclass
class Reply:
    """A whole answer, held in memory."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)

    def with_body(self, body: bytes) -> "Reply":
        """Return the same answer with other bytes and a length to match."""
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return Reply(self.status, body, [*kept, (b"content-length", str(len(body)).encode())])

    def with_type(self, content_type: str) -> "Reply":
        """Return the same answer under another content type."""
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-type"]
        return Reply(self.status, self.body, [*kept, (b"content-type", content_type.encode())])

    def with_json(self, change: Callable[[Any], Any]) -> "Reply":
        """Return the answer with its JSON changed; an answer that is no JSON stays as it is."""
        try:
            return self.with_body(json.dumps(change(json.loads(self.body))).encode())
        except ValueError:
            return self


@dataclass
class Strike:
    """A fault at work on one request."""

    world: World
    visit: Visit
    options: dict[str, Any]
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def run(self) -> None:
        """Let the application answer as usual."""
        await self.app(self.scope, self.receive, self.send)

    async def captured(self) -> Reply:
        """Run the application to its end, so that its work is done, and keep the answer from the client."""
        reply = Reply(500, b"")
        body = bytearray()

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.status, reply.headers = message["status"], list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        await self.app(self.scope, self.receive, hold)
        reply.body = bytes(body)
        return reply

    async def answer(self, reply: Reply) -> None:
        """Send a whole answer."""
        await self.start(reply)
        await self.send({"type": "http.response.body", "body": reply.body})

    async def start(self, reply: Reply) -> None:
        """Send status and headers."""
        headers = reply.headers
        if not any(name.lower() == b"content-length" for name, _ in headers):
            headers = [*headers, (b"content-length", str(len(reply.body)).encode())]
        await self.send({"type": "http.response.start", "status": reply.status, "headers": headers})

    def is_gone(self) -> bool:
        """Return whether the connection is closing."""
        return bool(self.scope["extensions"]["sandbox.connection"]["transport"].is_closing())

    async def do_work_if(self, when: str) -> None:
        """Run the application and drop its answer, when the fault is to strike after the work."""
        if when == "after":
            await self.captured()

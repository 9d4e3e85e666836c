"""The outermost layer: counts every request, reads keyed bodies once, and lets a fault step in.

POST bodies under an ``Idempotency-Key`` are counted by digest in SQLite *before* anything else happens, so that
``GET /_sandbox/state`` can prove that a retry sent the same bytes, even when the sandbox was killed in between.
"""

import hashlib
import json
import re
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.access import bearer
from sandbox.fault_rules import Fault, pick
from sandbox.faults import act
from sandbox.visits import Visit
from sandbox.world import World

LARGEST_BODY = 8 << 20


class Journal:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = scope["visit"] = self._visit(scope)
        if scope["path"].startswith("/_sandbox"):
            await self.app(scope, receive, send)
            return
        if scope["method"] in ("POST", "PATCH", "PUT"):
            receive = await self._read(scope, visit, receive)
        fault = pick(self.world, visit)
        await self._answer(visit, fault, scope, receive, send)

    async def _answer(self, visit: Visit, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await act(self.world, visit, fault, self.app, (scope, receive, counted))
        finally:
            self._count(visit, status)

    def _visit(self, scope: Scope) -> Visit:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        visit = Visit(scope["method"], scope["path"], bearer(headers.get(b"authorization")), headers=headers)
        visit.idempotency_key = headers.get(b"idempotency-key")
        if visit.secret:
            row = self.world.store.one("SELECT account FROM keys WHERE secret = ?", visit.secret)
            visit.account = row["account"] if row else None
        return visit

    async def _read(self, scope: Scope, visit: Visit, receive: Receive) -> Receive:
        """Read a JSON body and return a ``receive`` that hands it on."""
        if not visit.headers.get(b"content-type", "").startswith("application/json"):
            return receive
        body = bytearray()
        more = True
        while more and len(body) < LARGEST_BODY:
            message = await receive()
            if message["type"] == "http.disconnect":
                return receive
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self._note(visit, bytes(body))
        handed = False

        async def again() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": bytes(body), "more_body": more}

        return again

    def _note(self, visit: Visit, body: bytes) -> None:
        visit.body_sha256 = hashlib.sha256(body).hexdigest()
        try:
            parsed: Any = json.loads(body)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            visit.model, visit.prompt = parsed.get("model"), parsed.get("prompt") or parsed.get("message")
        if visit.idempotency_key is None:
            return
        store, now = self.world.store, self.world.clock.now()
        place = (visit.account or "", visit.path, visit.idempotency_key)
        with store.transaction():
            store.run(
                "INSERT INTO posts VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET count = count + 1, "
                "last_at = excluded.last_at", *place, visit.body_sha256, now, now,
            )  # fmt: skip
            row = store.one(
                "SELECT SUM(count) AS sum FROM posts WHERE account = ? AND endpoint = ? AND key = ?", *place
            )
        visit.attempt = int(row["sum"]) if row else 1

    def _count(self, visit: Visit, status: int) -> None:
        self.world.counters[visit.method, template(visit.path), status] += 1
        self.world.recent.append({
            "at": self.world.clock.now(), "method": visit.method, "path": visit.path, "status": status,
            "account": visit.account, "idempotency_key": visit.idempotency_key, "body_sha256": visit.body_sha256,
            "attempt": visit.attempt, "fault": visit.fault, "authorized": visit.secret is not None,
        })  # fmt: skip


def template(path: str) -> str:
    """Return a path with its IDs blanked, as requests are counted."""
    path = re.sub(r"/media/.*", "/media/{name}", path)
    return re.sub(r"/(task|file|sess|whend)_[^/]+", r"/{\1}", path)

"""``Idempotency-Key`` for generations and chat: replay, conflict, in flight (A15)."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from sandbox.access import Caller
from sandbox.answers import ApiError
from sandbox.store import packed


@dataclass(frozen=True)
class Once:
    """One keyed call. ``replay`` is the stored answer of an earlier identical one."""

    caller: Caller
    endpoint: str
    key: str | None
    digest: str
    replay: Any = None

    def keep(self, answer: Any) -> None:
        """Store the answer; call it in the transaction that does the work."""
        if self.key is not None:
            world = self.caller.world
            world.store.run(
                "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", self.caller.account, self.endpoint,
                self.key, self.digest, json.dumps(answer), world.clock.now(),
            )  # fmt: skip

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """While inside, the same key answers 409."""
        place = (self.caller.account, self.endpoint, self.key or "")
        if self.key is None:
            yield
            return
        self.caller.world.in_flight.add(place)
        try:
            yield
        finally:
            self.caller.world.in_flight.discard(place)


def once(request: Request, caller: Caller, body: Any) -> Once:
    """Look the key up. Refuses a malformed key, another body under the same key, and a call still running."""
    world, endpoint, key = caller.world, request.url.path, request.headers.get("idempotency-key")
    if key is None:
        return Once(caller, endpoint, None, "")
    if not 1 <= len(key) <= 255 or not all("!" <= letter <= "~" for letter in key):
        raise ApiError("validation_failed", "Idempotency-Key must be 1 to 255 visible ASCII characters.")
    digest = hashlib.sha256(packed(body).encode()).hexdigest()
    oldest = world.clock.now() - world.assumptions.idempotency_hours * 3600
    row = world.store.one(
        "SELECT digest, answer FROM idempotency WHERE account = ? AND endpoint = ? AND key = ? AND created_at > ?",
        caller.account, endpoint, key, oldest,
    )  # fmt: skip
    if row is not None and row["digest"] != digest:
        raise ApiError("idempotency_conflict", "This Idempotency-Key was used with another body.")
    if row is None and (caller.account, endpoint, key) in world.in_flight:
        raise ApiError("idempotency_conflict", "The first call with this Idempotency-Key is still running.")
    return Once(caller, endpoint, key, digest, json.loads(row["answer"]) if row else None)

"""What is known of one request before any handler sees it: who, what, which attempt, which fault."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request


async def _go_on() -> None:
    return None


@dataclass
class Visit:
    """One request as the journal and the faults see it."""

    method: str
    path: str
    secret: str | None = None
    account: str | None = None
    idempotency_key: str | None = None
    body_sha256: str | None = None
    model: str | None = None
    prompt: str | None = None
    attempt: int = 1
    fault: str | None = None
    fault_id: int | None = None
    stream: dict[str, Any] | None = None
    headers: dict[bytes, str] = field(default_factory=dict)
    pause_during: Callable[[], Awaitable[None]] = _go_on


def visit_of(request: Request) -> Visit:
    """Return the visit that the journal made of this request."""
    visit: Visit = request.scope["visit"]
    return visit

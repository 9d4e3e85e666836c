"""Who is calling: Bearer key, key state, scope and rate limit (rivya-api.md §1.1, §1.2, A34)."""

import functools
import json
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import ApiError
from sandbox.world import World, world_of

SCOPES = (
    "models:read", "generations:create", "generations:read", "files:create", "files:read", "credits:read",
    "webhooks:manage", "chat:create", "chat:read",
)  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """The account behind the key of one request."""

    account: str
    secret: str
    world: World


Answer = Callable[[Request, Caller], Awaitable[Response]]


def needs(scope: str) -> Callable[[Answer], Callable[[Request], Awaitable[Response]]]:
    """Let a handler run only for a living key with this scope, within the rate limit."""

    def decorate(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        @functools.wraps(answer)
        async def guarded(request: Request) -> Response:
            world = world_of(request)
            caller = identify(world, request.headers.get("authorization"), scope)
            keep_rate(world, caller.secret)
            return await answer(request, caller)

        return guarded

    return decorate


def identify(world: World, header: str | None, scope: str) -> Caller:
    """Return the caller or refuse, in the order: API off, no key, unknown, revoked, expired, scope."""
    if not world.assumptions.public_api_enabled:
        raise ApiError("public_api_disabled", "The Public API is switched off for now.")
    secret = bearer(header)
    if secret is None:
        raise ApiError("api_key_missing", "Send a Bearer API key.")
    key = world.store.one("SELECT account, scopes, state, expires_at FROM keys WHERE secret = ?", secret)
    if key is None:
        raise ApiError("api_key_invalid", "The API key cannot be verified.")
    if key["state"] == "revoked":
        raise ApiError("api_key_revoked", "The API key was revoked.")
    if key["state"] == "expired" or (key["expires_at"] is not None and key["expires_at"] <= world.clock.now()):
        raise ApiError("api_key_expired", "The API key is no longer valid.")
    if scope not in json.loads(key["scopes"]):
        raise ApiError("api_scope_denied", f"The API key lacks the scope {scope}.")
    return Caller(key["account"], secret, world)


def bearer(header: str | None) -> str | None:
    """Return the secret of an ``Authorization`` header, or nothing."""
    kind, _, secret = (header or "").partition(" ")
    return secret.strip() or None if kind.lower() == "bearer" else None


def keep_rate(world: World, secret: str) -> None:
    """Refuse the call past ``rate_limit_per_minute`` within the last 60 seconds."""
    limit = world.assumptions.rate_limit_per_minute
    if not limit:
        return
    now, window = world.clock.now(), world.windows.setdefault(secret, deque())
    while window and window[0] <= now - 60:
        window.popleft()
    if len(window) < limit:
        window.append(now)
        return
    wait = {"Retry-After": str(math.ceil(window[0] + 60 - now))} if world.assumptions.rate_limit_header else {}
    raise ApiError("rate_limited", "Too many requests.", headers=wait)

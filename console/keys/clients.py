"""The only place where a Rivya client is built."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction

from console import rivya
from console.audit.recording import record
from console.engine.parsing import LLHTTP
from console.keys import vault
from console.keys.models import Secret
from console.keys.standing import settle_standing
from console.keys.vault import CannotOpen

log = structlog.get_logger("console.rivya")

MAX_CONNECTIONS = 100
MAX_STREAMS = 2000  # each open chat turn holds one
TRIAL_SECONDS = 10.0  # a person waits for it

P = ParamSpec("P")
T = TypeVar("T")

_of_the_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, rivya.Transport]" = WeakKeyDictionary()
_streams_of_the_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, rivya.Transport]" = WeakKeyDictionary()
_of_this_call: ContextVar[rivya.Transport | None] = ContextVar("transport", default=None)


def transport() -> rivya.Transport:
    """The connections to use here: those of the enclosing `connected()`, else those of the running event loop."""
    if own := _of_this_call.get():
        return own
    loop = asyncio.get_running_loop()
    if loop not in _of_the_loop:
        _of_the_loop[loop] = rivya.Transport(
            timeout_seconds=settings.RIVYA_TIMEOUT_SECONDS, max_connections=MAX_CONNECTIONS
        )
    return _of_the_loop[loop]


@asynccontextmanager
async def connected() -> AsyncIterator[rivya.Transport]:
    """Connections of one's own, closed at the end: for loops that end before the process does."""
    async with rivya.Transport(timeout_seconds=settings.RIVYA_TIMEOUT_SECONDS, max_connections=MAX_CONNECTIONS) as own:
        token = _of_this_call.set(own)
        try:
            yield own
        finally:
            _of_this_call.reset(token)


def from_sync(work: Callable[P, Awaitable[T]]) -> Callable[P, T]:
    """The async function as a sync one, for sync views, tasks and commands: with connections of its own."""

    async def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        async with connected():
            return await work(*args, **kwargs)

    return async_to_sync(inside)


def anonymous_client() -> rivya.Client:
    """For what needs no key: the model list."""
    return rivya.Client(transport(), base_url=settings.RIVYA_BASE_URL, api_key=None, on_exchange=log_exchange)


def client_with(api_key: str | rivya.Secret) -> rivya.Client:
    """For a secret that was opened by the caller."""
    return rivya.Client(transport(), base_url=settings.RIVYA_BASE_URL, api_key=api_key, on_exchange=log_exchange)


def streaming_client(api_key: str | rivya.Secret) -> rivya.Client:
    """For chat turns: their connections are held for minutes, and must not keep others waiting."""
    loop = asyncio.get_running_loop()
    if loop not in _streams_of_the_loop:
        _streams_of_the_loop[loop] = rivya.Transport(
            timeout_seconds=settings.RIVYA_TIMEOUT_SECONDS, max_connections=MAX_STREAMS, for_streams=LLHTTP
        )
    own = _streams_of_the_loop[loop]
    return rivya.Client(own, base_url=settings.RIVYA_BASE_URL, api_key=api_key, on_exchange=log_exchange)


async def close_streams() -> None:
    """Close the connections of this loop's chat turns."""
    own = _streams_of_the_loop.pop(asyncio.get_running_loop(), None)
    if own is not None:
        await own.aclose()


@asynccontextmanager
async def trial_client(api_key: rivya.Secret) -> AsyncIterator[rivya.Client]:
    """For a secret that is being tried: one attempt a call, own connections that are closed at the end."""
    seconds = min(settings.RIVYA_TIMEOUT_SECONDS, TRIAL_SECONDS)
    async with rivya.Transport(timeout_seconds=seconds, max_connections=10) as own:
        base_url = settings.RIVYA_BASE_URL
        yield rivya.Client(own, base_url=base_url, api_key=api_key, attempts=1, on_exchange=log_exchange)


def client_for(secret: Secret, team_id: UUID) -> rivya.Client:
    """A client that speaks with this stored secret. Raises CannotOpen."""
    return client_with(open_secret(secret, team_id))


def open_secret(secret: Secret, team_id: UUID) -> str:
    """The pasted key itself. Raises CannotOpen."""
    return vault.open_sealed(secret.sealed, table="keys_secret", row=secret.pk, team=team_id)


def note_cannot_open(secret: Secret) -> None:
    """Make a secret that does not open a visible state of it and of its key."""
    with transaction.atomic():
        won = Secret.objects.filter(pk=secret.pk, state__in=Secret.LIVE).update(state=Secret.State.UNOPENABLE)
        if won:
            before, state = secret.key.state, settle_standing(secret.key_id)
            told, after = {"state": before}, {"state": state, "version": str(secret)}
            team_id = secret.key.team_id
            record("key.unopenable", secret.key, team_id=team_id, actor=None, before=told, after=after)


def log_exchange(exchange: rivya.Exchange) -> None:
    """One line per exchange, for operators. Never a body."""
    log.info(
        "exchange",
        method=exchange.method,
        path=exchange.path_template,
        status=exchange.status,
        rivya_request_id=exchange.request_id,
        attempt=exchange.attempt,
        milliseconds=round(exchange.elapsed_ms),
        error=exchange.error,
    )


__all__ = [
    "CannotOpen",
    "anonymous_client",
    "client_for",
    "client_with",
    "close_streams",
    "connected",
    "from_sync",
    "note_cannot_open",
    "open_secret",
    "streaming_client",
    "transport",
    "trial_client",
]

"""A bounded set of connections, handed out one by one.

Each is a backend of its own that holds a single connection: what httpx does per request inside a pool grows with the
square of the pool's size, and 50 connections cost more than the requests on them.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

_KEPT_IDLE_SECONDS = 30.0


class Backend(Protocol):
    """Something that can be closed and holds at most one connection."""

    async def aclose(self) -> None:
        """Close the connection."""


BackendT = TypeVar("BackendT", bound=Backend)


class _Idle(NamedTuple, Generic[BackendT]):
    since: float
    backend: BackendT


class Connections(Generic[BackendT]):
    """At most `limit` backends, reused for the origin they last spoke to, the warmest first."""

    def __init__(self, make: Callable[[], BackendT], *, limit: int) -> None:
        self._make = make
        self._limit = limit
        self._free = asyncio.Semaphore(limit)
        self._all: list[BackendT] = []
        self._idle: dict[str, deque[_Idle[BackendT]]] = {}

    async def take(self, origin: str, *, wait_seconds: float) -> BackendT:
        """A backend nobody else uses. Raises TimeoutError when none gets free in time."""
        async with asyncio.timeout(wait_seconds):
            await self._free.acquire()
        return self._chosen(origin)

    async def give_back(self, origin: str, backend: BackendT) -> None:
        """Let others use it; close one that nobody has wanted for a while."""
        idle = self._idle.setdefault(origin, deque())
        idle.append(_Idle(time.monotonic(), backend))
        self._free.release()
        if time.monotonic() - idle[0].since > _KEPT_IDLE_SECONDS:
            stale = idle.popleft().backend
            self._all.remove(stale)
            await stale.aclose()

    async def aclose(self) -> None:
        """Close them all."""
        backends, self._all = self._all, []
        self._idle.clear()
        for backend in backends:
            await backend.aclose()

    def _chosen(self, origin: str) -> BackendT:
        if self._idle.get(origin):
            return self._idle[origin].pop().backend
        if len(self._all) < self._limit:
            self._all.append(self._make())
            return self._all[-1]
        return next(idle for idle in self._idle.values() if idle).popleft().backend

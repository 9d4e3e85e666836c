"""What every part of the running sandbox shares: store, clock, settings, options and what is going on now."""

import asyncio
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from sandbox.assumptions import Assumptions
from sandbox.clock import Clock
from sandbox.store import Store

if TYPE_CHECKING:
    from sandbox.fault_rules import Fault


@dataclass
class World:
    """One running sandbox. What must survive a restart is in ``store``; the rest is only true while it runs."""

    store: Store
    clock: Clock
    assumptions: Assumptions
    media_folder: Path
    seed: int
    control: bool
    public_url: str | None
    in_flight: set[tuple[str, str, str]] = field(default_factory=set)
    windows: dict[str, deque[float]] = field(default_factory=dict)
    counters: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    recent: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=2000))
    faults: list["Fault"] = field(default_factory=list)
    turns: set[asyncio.Task[None]] = field(default_factory=set)
    painters: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "painter"))
    painting: dict[str, asyncio.Future[Path]] = field(default_factory=dict)
    doorbell: asyncio.Event = field(default_factory=asyncio.Event)

    def base_url(self, request: Request) -> str:
        """Return the address the caller used, or the one given with ``--public-url``."""
        return self.public_url or str(request.base_url).rstrip("/")


def world_of(request: Request) -> World:
    """Return the running sandbox that got this request."""
    world: World = request.app.state.world
    return world

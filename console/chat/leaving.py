"""The web process begins and ends: at SIGTERM streams say so to their pages, and turns end or are given back.

Between the two it takes up turns whose process is gone, should no worker do so: a turn that a page looks at depends on
no other process than the one that shows it.
"""

import asyncio
import contextvars
import signal
from types import FrameType
from typing import Any

from console.chat.recovering import STAND_IN_AFTER, Recoverer
from console.chat.running import stage
from console.keys.clients import close_streams
from console.live.leaving import leaving


def begin() -> None:
    """Hear of SIGTERM before the server waits for its streams to end; its own handler runs as ever."""
    loop, leave = asyncio.get_running_loop(), leaving()
    earlier: Any = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(leave.set)
        if callable(earlier):
            earlier(number, frame)

    signal.signal(signal.SIGTERM, told)
    _standing_in.add(loop.create_task(Recoverer(STAND_IN_AFTER).stand_in(leave), context=contextvars.Context()))


async def end() -> None:
    """The streams have ended: give the turns a few seconds, then give them back."""
    leaving().set()
    await asyncio.gather(*_standing_in)
    _standing_in.clear()
    await stage().leave()
    await close_streams()


_standing_in: set[asyncio.Task[None]] = set()  # a task that nobody holds may be collected

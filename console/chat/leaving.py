"""The web process begins and ends: at SIGTERM streams say so to their pages, and turns end or are given back."""

import asyncio
import signal
from types import FrameType
from typing import Any

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


async def end() -> None:
    """The streams have ended: give the turns a few seconds, then give them back."""
    leaving().set()
    await stage().leave()
    await close_streams()

"""Hold a short lease for as long as long work takes: a killed worker's rows come free soon, a slow one's do not."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from asgiref.sync import sync_to_async

T = TypeVar("T")


class LeaseLost(Exception):
    """Somebody else has the row now; the work was stopped."""


async def while_renewing(work: Coroutine[Any, Any, T], renew: Callable[[], bool], every_seconds: float) -> T:
    """The result of `work`. `renew` writes the lease anew and says whether it is still ours. Raises LeaseLost."""
    task = asyncio.ensure_future(work)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=every_seconds)
            if done:
                return task.result()
            if not await sync_to_async(renew)():
                raise LeaseLost
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=5)

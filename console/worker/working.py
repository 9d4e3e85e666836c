"""The worker process: follow jobs, recover chat turns, run tasks, do the duties, and stop cleanly."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import structlog
from django.db import close_old_connections

from console.chat.recovering import Recoverer
from console.engine.consumer import make_consumer
from console.engine.keeping_open import kept_open
from console.jobs.loop import Follower
from console.keys.clients import connected
from console.worker.duties import DUTIES, Duty

log = structlog.get_logger("console.worker")


async def work() -> None:
    """Run until SIGTERM or SIGINT; what is in flight gets a few seconds, the rest is picked up by the next worker."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    consumer = make_consumer()
    consumer.start()
    log.info("worker_started")
    try:
        with kept_open():
            async with connected():
                await asyncio.gather(
                    _keep("follow", Follower().run, stop),
                    _keep("recover", Recoverer().run, stop),
                    *(_keep_doing(duty, stop) for duty in DUTIES),
                )
    finally:
        await asyncio.to_thread(consumer.stop, graceful=True)
        log.info("worker_stopped")


async def _keep_doing(duty: Duty, stop: asyncio.Event) -> None:
    async def once(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await asyncio.to_thread(_with_fresh_connections, duty)  # a slow duty must not hold up the following
            await _pause(stop, duty.every_seconds)

    await _keep(duty.run.__name__, once, stop)


async def _keep(name: str, run: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    """Start it again after any failure: one bad row or a restarting database must not end the worker."""
    while not stop.is_set():
        try:
            await run(stop)
        except Exception as error:
            log.exception("duty_failed", duty=name, error=type(error).__name__)
            await _pause(stop, 2)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _with_fresh_connections(duty: Duty) -> None:
    close_old_connections()
    try:
        duty.run()
    finally:
        close_old_connections()

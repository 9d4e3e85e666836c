"""Every fault by name. ``when`` says whether the work is done: before (it is not), during or after (it is)."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import fault_answers, fault_changes, wire
from sandbox.fault_rules import Fault
from sandbox.strikes import Strike
from sandbox.visits import Visit
from sandbox.world import World

HANG_SECONDS = 600.0


async def act(world: World, visit: Visit, fault: Fault | None, app: ASGIApp, call: tuple[Scope, Receive, Send]) -> None:
    """Answer one request, with the fault that was picked for it or without one."""
    if world.assumptions.delay_seconds:
        await asyncio.sleep(world.assumptions.delay_seconds)
    if fault is None:
        await app(*call)
        return
    await FAULTS[fault.fault](Strike(world, visit, fault.options, app, *call))


async def reset(strike: Strike) -> None:
    """A TCP reset. ``when``: before, during or after the work."""
    await _cut(strike, wire.reset)


async def close(strike: Strike) -> None:
    """The connection closes without an answer. ``when``: before, during or after the work."""
    await _cut(strike, wire.close)


async def hang(strike: Strike) -> None:
    """Silence for ``seconds`` (600), then the connection closes. ``when``: before, during or after the work."""
    seconds = float(strike.options.get("seconds", HANG_SECONDS))

    async def silence(scope: Scope, receive: Receive) -> None:
        if not await wire.gone(receive, seconds):
            await wire.close(scope, receive)

    await _cut(strike, silence)


async def slow(strike: Strike) -> None:
    """``seconds`` (5) of delay, then the ordinary answer. ``when``: before, during or after the work."""
    seconds, when = float(strike.options.get("seconds", 5)), strike.options.get("when", "before")
    if when == "during":
        strike.visit.pause_during = lambda: asyncio.sleep(seconds)
        await strike.run()
        return
    if when == "before":
        await asyncio.sleep(seconds)
        await strike.run()
        return
    reply = await strike.captured()
    await asyncio.sleep(seconds)
    await strike.answer(reply)


async def half_body(strike: Strike) -> None:
    """The work is done, the headers promise all, half of the body comes. ``how``: close or reset."""
    reply = await strike.captured()
    await strike.start(reply)
    half = reply.body[: int(len(reply.body) * float(strike.options.get("share", 0.5)))]
    await strike.send({"type": "http.response.body", "body": half, "more_body": True})
    await asyncio.sleep(0.05)
    await (wire.reset if strike.options.get("how") == "reset" else wire.close)(strike.scope, strike.receive)


async def slow_body(strike: Strike) -> None:
    """The answer drips: ``bytes_per_second`` (2000), in ten pieces a second."""
    reply = await strike.captured()
    await strike.start(reply)
    piece = max(1, int(strike.options.get("bytes_per_second", 2000)) // 10)
    for start in range(0, len(reply.body), piece):
        await strike.send({"type": "http.response.body", "body": reply.body[start : start + piece], "more_body": True})
        await asyncio.sleep(0.1)
    await strike.send({"type": "http.response.body", "body": b""})


async def stream(strike: Strike) -> None:
    """Handed to the chat stream, which knows its own events (``cut_stream``, ``hold_stream``, ``odd_stream`` …)."""
    strike.visit.stream = {"fault": strike.visit.fault} | strike.options
    await strike.run()


async def _cut(strike: Strike, cut: Callable[[Scope, Receive], Awaitable[None]]) -> None:
    when = strike.options.get("when", "before")
    if when == "during":
        strike.visit.pause_during = lambda: cut(strike.scope, strike.receive)
        await strike.captured()
        return
    await strike.do_work_if(when)
    await cut(strike.scope, strike.receive)


FAULTS: dict[str, Callable[[Strike], Awaitable[None]]] = {
    "reset": reset,
    "close": close,
    "hang": hang,
    "slow": slow,
    "half_body": half_body,
    "slow_body": slow_body,
    "cut_stream": stream,
    "hold_stream": stream,
    "stream_error": stream,
    "odd_stream": stream,
    **fault_answers.FAULTS,
    **fault_changes.FAULTS,
}

"""A turn as server-sent events: heartbeats in silence, and every way a stream can go wrong (rivya-api.md §8)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request

from sandbox import wire
from sandbox.chat_running import Run, failure
from sandbox.stream_oddities import odd
from sandbox.triggers import words
from sandbox.visits import visit_of

CUTS: dict[str, dict[str, Any]] = {
    "cut": {"fault": "cut_stream", "after_events": 6},
    "cut committed": {"fault": "cut_stream", "after_events": 6, "committed": True},
}
HARMLESS = ("odd_stream", "hold_stream")


def frame(name: str, data: dict[str, Any]) -> bytes:
    """Return one event as bytes."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}\n\n".encode()


async def live_frames(request: Request, run: Run) -> AsyncIterator[bytes]:
    """Yield the frames of a running turn. A reader that leaves stops it, if Rivya is set to do so (A22)."""
    fault = visit_of(request).stream or _asked_for(run)
    sent = 0
    try:
        await _held(run, sent)
        while (event := await _next(run)) is not None:
            if fault and fault["fault"] not in HARMLESS and sent >= int(fault.get("after_events", 1)):
                async for piece in _broken(request, run, fault):
                    yield piece
                return
            for piece in odd(frame(*event), fault) if fault else [frame(*event)]:
                yield piece
            sent += 1
            await _held(run, sent)
    finally:
        if run.turn.world.assumptions.chat_on_disconnect == "stop":
            await run.stop()


async def _held(run: Run, sent: int) -> None:
    if run.hold is not None:
        await run.hold.pause_reader(sent)


async def _next(run: Run) -> tuple[str, dict[str, Any]] | None:
    """Return the next event, or a heartbeat when there was none for long enough (A21)."""
    try:
        async with asyncio.timeout(run.turn.world.assumptions.heartbeat_seconds):
            return await run.events.get()
    except TimeoutError:
        return "heartbeat", {"request_id": run.turn.request_id}


async def _broken(request: Request, run: Run, fault: dict[str, Any]) -> AsyncIterator[bytes]:
    """End the stream as the fault says. With ``committed`` the turn is kept all the same."""
    if fault.get("committed"):
        await run.finish()
    else:
        await run.stop()
    if fault["fault"] == "stream_error":
        yield frame("error", failure(run.turn, str(fault.get("code", "internal_error"))))
        return
    how = fault.get("how", "reset")
    if how == "half":
        yield b'event: message.delta\ndata: {"request_id":"'
    if how == "hang":
        await asyncio.sleep(float(fault.get("seconds", 600)))
    if how != "end":
        await asyncio.sleep(0.05)
        await wire.cut_now(request.scope, hard=how == "reset")


def _asked_for(run: Run) -> dict[str, Any] | None:
    return next((CUTS[word] for word in words(run.turn.question.message) if word in CUTS), None)

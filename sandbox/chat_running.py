"""The model at work on a turn: words come at their pace, then the answer is committed, or it is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

from sandbox.chat_answers import deltas_of
from sandbox.chat_turns import Turn, commit, release
from sandbox.holding import Hold
from sandbox.triggers import words

Event = tuple[str, dict[str, Any]]


class Run:
    """One turn in a task of its own, so that a reader may leave without ending it. Events end with ``None``."""

    def __init__(self, turn: Turn, *, streamed: bool, hold: Hold | None = None) -> None:
        self.turn = turn
        self.hold = hold
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._streamed = streamed
        self._flight = ExitStack()
        self._flight.enter_context(turn.call.in_flight())
        self._task = asyncio.create_task(self._run())
        turn.world.turns.add(self._task)
        self._task.add_done_callback(turn.world.turns.discard)

    async def finish(self) -> None:
        """Wait for the end, whichever it is, without being able to end it."""
        await asyncio.wait({self._task})

    async def done_within(self, seconds: float) -> bool:
        done, _ = await asyncio.wait({self._task}, timeout=seconds)
        return bool(done)

    async def stop(self) -> None:
        """Stop the model; what is not committed by now never will be."""
        self._task.cancel()
        await self.finish()

    async def _run(self) -> None:
        turn, events = self.turn, 0
        with self._flight:
            try:
                await self._pause_at(events)
                async for event in self._work():
                    self.events.put_nowait(event)
                    events += 1
                    await self._pause_at(events)
            finally:
                if turn.completion is None:
                    release(turn)
                self.events.put_nowait(None)

    async def _work(self) -> AsyncIterator[Event]:
        turn, asked = self.turn, words(self.turn.question.message)
        about = {"request_id": turn.request_id, "session_id": turn.session}
        yield "session.created", about | {"model": turn.question.model.id}
        pieces = deltas_of(turn.answer)
        for index, piece in enumerate(pieces):
            await asyncio.sleep(self._pause(asked, index, len(pieces)))
            if "fail" in asked and index == len(pieces) // 3:
                yield "error", failure(turn)
                return
            yield "message.delta", about | {"delta": piece, "index": index}
        commit(turn)
        for event in committed_events(turn.completion or {}, turn.request_id):
            yield event

    async def _pause_at(self, events: int) -> None:
        if self.hold is not None:
            await self.hold.pause_model(events)

    def _pause(self, asked: list[str], index: int, count: int) -> float:
        """Return the seconds before a delta."""
        world = self.turn.world
        if index == count // 2 and "hang" in asked:
            return 86400.0
        if index == count // 2 and "pause" in asked:
            return 20.0 / world.assumptions.speed
        if not self._streamed:
            return world.assumptions.chat_seconds / count / world.assumptions.speed
        slower = 10 if "slow" in asked else 1
        return slower / world.assumptions.deltas_per_second / world.assumptions.speed


def committed_events(completion: dict[str, Any], request_id: str) -> list[Event]:
    """Return the last three events of a stream, as told live and on a replay (rivya-api.md §8.1)."""
    about = {"request_id": request_id, "session_id": completion["session_id"]}
    return [
        ("message.completed", about | {"message": completion["message"]}),
        ("usage.completed", about | {"usage": completion["usage"], "credits": completion["credits"]}),
        ("done", {"request_id": request_id, "ok": True}),
    ]


def failure(turn: Turn, code: str = "internal_error") -> dict[str, Any]:
    """Return the data of an ``error`` event."""
    return {"error": {"code": code, "message": "The model stopped unexpectedly.", "requestId": turn.request_id}}

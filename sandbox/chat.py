"""``POST /chat/completions`` and ``…/stream`` (rivya-api.md §7, §8)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.access import Caller, needs
from sandbox.answers import ApiError, json_answer, new_request_id
from sandbox.bodies import json_object
from sandbox.chat_requests import check_question
from sandbox.chat_running import Run, committed_events
from sandbox.chat_stream import frame, live_frames
from sandbox.chat_turns import open_turn
from sandbox.holding import hold_of
from sandbox.idempotency import once
from sandbox.triggers import refuse_if_asked
from sandbox.visits import visit_of

EVENT_STREAM = "text/event-stream; charset=utf-8"


@needs("chat:create")
async def complete(request: Request, caller: Caller) -> Response:
    """Answer one turn as JSON."""
    started = await _start(request, caller, streamed=False)
    if isinstance(started, Run):
        await visit_of(request).pause_during()
        await _wait(request, started)
        started = started.turn.completion or {}
    if not started:
        status = caller.world.assumptions.internal_error_status
        raise ApiError("internal_error", "The model stopped unexpectedly.", status=status)
    message = {name: value for name, value in started["message"].items() if name != "created_at"}
    return json_answer(started | {"message": message})


@needs("chat:create")
async def stream(request: Request, caller: Caller) -> Response:
    """Answer one turn as server-sent events; a replay has no deltas."""
    started = await _start(request, caller, streamed=True)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if isinstance(started, Run):
        return StreamingResponse(live_frames(request, started), headers=headers, media_type=EVENT_STREAM)
    request_id = new_request_id()
    first = {"request_id": request_id, "session_id": started["session_id"], "model": started["model"]}
    events = [("session.created", first), *committed_events(started, request_id)]
    return StreamingResponse((frame(*event) for event in events), headers=headers, media_type=EVENT_STREAM)


async def _start(request: Request, caller: Caller, *, streamed: bool) -> Run | dict[str, Any]:
    """Return the turn at work, or the stored completion of the same call made before."""
    body = await json_object(request)
    call = once(request, caller, body)
    if call.replay is not None:
        replay: dict[str, Any] = call.replay
        return replay
    question = check_question(caller, body)
    refuse_if_asked(question.message, visit_of(request).attempt)
    return Run(open_turn(call, question), streamed=streamed, hold=hold_of(caller.world, visit_of(request)))


async def _wait(request: Request, run: Run) -> None:
    """Wait for the end; a client that leaves stops the run, if Rivya is set to do so (A22)."""
    while not await run.done_within(0.1):
        if await request.is_disconnected() and run.turn.world.assumptions.chat_on_disconnect == "stop":
            await run.stop()

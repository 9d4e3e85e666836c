"""A chat turn as it is written, whole, replayed, failed, cut or left."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console import rivya
from tests.rivya.stage import Pieces, Stage, event_stream, payload, refusal

LIVE = payload("chat.live.sse")


def names(events: list[rivya.ChatEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_a_live_turn_comes_event_by_event_and_ends_with_done() -> None:
    stage = Stage(event_stream([LIVE]))
    events = await stage.stream()
    assert names(events) == [
        "SessionCreated",
        "MessageDelta",
        "Heartbeat",
        "MessageDelta",
        "MessageCompleted",
        "UsageCompleted",
        "Done",
    ]
    assert "".join(event.delta for event in events if isinstance(event, rivya.MessageDelta)) == "Three öptions."
    assert stage.request.headers["accept"] == "text/event-stream"
    assert stage.request.url.path == "/api/v1/chat/completions/stream"
    assert stage.request.headers["idempotency-key"] == "turn-1"


async def test_a_replayed_turn_has_its_text_without_deltas() -> None:
    events = await Stage(event_stream([payload("chat.replay.sse")])).stream()
    assert names(events) == ["SessionCreated", "MessageCompleted", "UsageCompleted", "Done"]
    completed = next(event for event in events if isinstance(event, rivya.MessageCompleted))
    assert completed.message.content == "Three options."
    usage = next(event for event in events if isinstance(event, rivya.UsageCompleted))
    assert usage.credits == rivya.TurnCredits(reserved=3, final=1)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 200))
async def test_any_chunk_size_gives_the_same_turn(size: int) -> None:
    events = await Stage(event_stream([LIVE[i : i + size] for i in range(0, len(LIVE), size)])).stream()
    assert events == await Stage(event_stream([LIVE])).stream()


async def test_an_error_event_is_an_exception_after_what_came_before() -> None:
    stage = Stage(event_stream([payload("chat.failed.sse")]))
    async with stage.client.chat.stream(b"{}", idempotency_key="k") as events:
        before = [await anext(events), await anext(events)]
        with pytest.raises(rivya.Unavailable) as caught:
            await anext(events)
    assert names(before) == ["SessionCreated", "MessageDelta"]
    assert (caught.value.code, caught.value.request_id) == ("internal_error", "req_21")
    assert caught.value.outcome == "unknown"


async def test_a_garbled_error_event_is_still_an_error() -> None:
    with pytest.raises(rivya.Unavailable):
        await Stage(event_stream([b"event: error\ndata: <oops>\n\n"])).stream()


@pytest.mark.parametrize("events_before", range(7))
async def test_a_stream_that_ends_early_is_cut(events_before: int) -> None:
    frames = [frame for frame in LIVE.split(b"\n\n") if frame][:events_before]
    with pytest.raises(rivya.StreamCut) as caught:
        await Stage(event_stream([frame + b"\n\n" for frame in frames])).stream()
    assert caught.value.reason == "ended"
    assert caught.value.session_id == ("sess_31ab" if events_before else None)


async def test_a_connection_lost_in_the_middle_is_a_cut_too() -> None:
    with pytest.raises(rivya.StreamCut) as caught:
        await Stage(event_stream([LIVE[:200], httpx.ReadError("gone")])).stream()
    assert (caught.value.reason, caught.value.session_id) == ("lost", "sess_31ab")


async def test_silence_in_the_middle_is_a_cut() -> None:
    with pytest.raises(rivya.StreamCut) as caught:
        await Stage(event_stream([LIVE[:200], httpx.ReadTimeout("slow")])).stream()
    assert caught.value.reason == "idle"


async def test_a_stream_without_end_meets_its_deadline() -> None:
    stage = Stage(event_stream([b"event: heartbeat\ndata: {}\n\n"] * 3))
    with pytest.raises(rivya.StreamCut) as caught:
        await stage.stream(deadline_seconds=-1)
    assert caught.value.reason == "deadline"


async def test_a_line_without_end_is_a_cut() -> None:
    with pytest.raises(rivya.StreamCut) as caught:
        await Stage(event_stream([b"data: " + b"x" * 1024 * 1024] * 5)).stream()
    assert caught.value.reason == "oversize"


async def test_a_known_event_that_makes_no_sense_is_unreadable() -> None:
    with pytest.raises(rivya.Unreadable):
        await Stage(event_stream([b"event: message.completed\ndata: {}\n\n"])).stream()


async def test_a_refusal_before_the_first_event_is_an_ordinary_refusal() -> None:
    with pytest.raises(rivya.Conflict):
        await Stage(refusal(409, "chat_session_conflict")).stream()


async def test_the_start_of_a_stream_is_retried_and_its_middle_never() -> None:
    stage = Stage(refusal(429, "rate_limited"), event_stream([LIVE[:200]]))
    with pytest.raises(rivya.StreamCut):
        await stage.stream()
    assert len(stage.requests) == 2


async def test_a_success_that_is_no_event_stream_is_unreadable_and_closed() -> None:
    body = Pieces([b"{}"])
    stage = Stage(httpx.Response(200, stream=body, headers={"content-type": "application/json"}))
    with pytest.raises(rivya.Unreadable):
        await stage.stream()
    assert body.closed


@pytest.mark.parametrize("events_read", [0, 1, 7])
async def test_the_response_is_closed_however_far_the_reader_came(events_read: int) -> None:
    reply = event_stream([LIVE])
    async with Stage(reply).client.chat.stream(b"{}", idempotency_key="k") as events:
        for _ in range(events_read):
            await anext(events)
    assert stream_of(reply).closed
    assert [event async for event in events] == []


async def test_the_response_is_closed_when_the_reader_breaks() -> None:
    reply = event_stream([b'event: session.created\ndata: {"session_id": "s"}\n\n', KeyError("the reader's own")])
    with pytest.raises(KeyError):
        await Stage(reply).stream()
    assert stream_of(reply).closed


def stream_of(reply: httpx.Response) -> Pieces:
    assert isinstance(reply.stream, Pieces)
    return reply.stream

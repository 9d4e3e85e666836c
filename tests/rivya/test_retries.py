"""When the client tries again by itself, how long it waits, and what is left in doubt."""

from datetime import UTC, datetime

import httpx
import pytest

from console import rivya
from console.rivya import _exchange
from tests.rivya.stage import Line, Stage, answer, refusal

QUEUED = answer("generation.queued.json")
LOST = httpx.ReadError("gone")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "hiccup",
    [
        LOST,
        httpx.RemoteProtocolError("half an answer"),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("no way in"),
        refusal(429, "rate_limited"),
        refusal(500, "internal_error"),
        refusal(503, "public_api_disabled"),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
    ],
    ids=repr,
)
async def test_a_hiccup_is_retried_with_the_same_bytes_and_key(hiccup: Line) -> None:
    stage = Stage(hiccup, QUEUED)
    assert (await stage.create()).id == "task_c2f9a1"
    first, second = stage.requests
    assert first.content == second.content
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert stage.pauses == [1.0]


@pytest.mark.parametrize(
    "final",
    [
        refusal(400, "validation_failed"),
        refusal(401, "api_key_revoked"),
        refusal(402, "insufficient_credits"),
        refusal(404, "not_found"),
        refusal(408, ""),
        refusal(409, "idempotency_conflict"),
        refusal(503, "idempotency_conflict"),
        refusal(418, "teapot"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, content=b"{"),
    ],
    ids=repr,
)
async def test_everything_else_is_tried_once(final: Line) -> None:
    stage = Stage(final, QUEUED)
    with pytest.raises(rivya.RivyaError):
        await stage.create()
    assert len(stage.requests) == 1
    assert stage.pauses == []


async def test_attempts_are_counted_and_waits_double() -> None:
    stage = Stage(refusal(500, "internal_error"), attempts=5)
    with pytest.raises(rivya.Unavailable):
        await stage.create()
    assert len(stage.requests) == 5
    assert stage.pauses == [1.0, 2.0, 4.0, 8.0]
    assert [exchange.attempt for exchange in stage.exchanges] == [1, 2, 3, 4, 5]


async def test_one_attempt_means_one() -> None:
    stage = Stage(LOST)
    with pytest.raises(rivya.NoAnswer):
        await stage.client.with_options(attempts=1).generations.retrieve("task_1")
    assert len(stage.requests) == 1


def test_no_attempt_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="once"):
        Stage(QUEUED).client.with_options(attempts=0)


async def test_rivya_may_ask_for_another_wait() -> None:
    stage = Stage(refusal(429, "rate_limited", retry_after="7"), QUEUED)
    await stage.read()
    assert stage.pauses == [7.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 2.5 ", 2.5),
        ("86400", 60.0),
        ("9" * 15, 60.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 14:00:00 GMT", 60.0),
        ("Sat, 21 Nov 2026 11:59:59 GMT", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
        ("nan", None),
        ("٣", None),
        ("Sat, 99 Nov 2026 99:99:99 GMT", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_a_number_or_a_date_or_nothing(value: str | None, seconds: float | None) -> None:
    assert _exchange.retry_after(value, now=NOW) == seconds


def test_waits_are_spread_and_never_beyond_a_minute() -> None:
    error = rivya.NoAnswer()
    assert _exchange.pause_seconds(error, attempt=3, jitter=0.0) == 2.0
    assert _exchange.pause_seconds(error, attempt=3, jitter=1.0) == 4.0
    assert _exchange.pause_seconds(error, attempt=5000, jitter=1.0) == 60.0


@pytest.mark.parametrize("hiccup", [LOST, refusal(500, "internal_error")], ids=repr)
async def test_what_would_be_done_twice_is_not_repeated_in_doubt(hiccup: Line) -> None:
    stage = Stage(hiccup, answer("webhook_endpoint.json"))
    with pytest.raises(rivya.RivyaError) as caught:
        await stage.client.endpoints.create(name="n", url="https://hooks.example.com", event_types=[])
    assert caught.value.outcome == "unknown"
    assert len(stage.requests) == 1


@pytest.mark.parametrize("hiccup", [httpx.ConnectError("refused"), refusal(429, "rate_limited")], ids=repr)
async def test_what_was_surely_not_done_is_repeated(hiccup: Line) -> None:
    stage = Stage(hiccup, answer("webhook_endpoint.json"))
    await stage.client.endpoints.rotate_secret("whend_2Lx9")
    assert len(stage.requests) == 2


async def test_doubt_about_an_earlier_attempt_outlives_a_later_refusal() -> None:
    with pytest.raises(rivya.TooMany) as caught:
        await Stage(LOST, refusal(429, "rate_limited"), attempts=2).create()
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize(
    ("failure", "kind", "sent"),
    [
        (httpx.ConnectError("refused"), rivya.NoAnswer, False),
        (httpx.ConnectTimeout("slow"), rivya.TimedOut, False),
        (httpx.PoolTimeout("busy"), rivya.TimedOut, False),
        (httpx.ReadTimeout("slow"), rivya.TimedOut, True),
        (httpx.WriteError("gone"), rivya.NoAnswer, True),
        (httpx.ReadError("gone"), rivya.NoAnswer, True),
        (httpx.RemoteProtocolError("odd"), rivya.NoAnswer, True),
    ],
    ids=repr,
)
async def test_silence_tells_whether_anything_was_sent(
    failure: httpx.HTTPError, kind: type[rivya.NoAnswer], sent: bool
) -> None:
    with pytest.raises(rivya.NoAnswer) as caught:
        await Stage(failure, attempts=1).create()
    assert type(caught.value) is kind
    assert caught.value.sent is sent
    assert caught.value.outcome == ("unknown" if sent else "not_done")


async def test_each_attempt_is_reported_once_without_ids_or_bodies() -> None:
    stage = Stage(LOST, refusal(429, "rate_limited"), QUEUED)
    await stage.read()
    told = [(one.method, one.path_template, one.status, one.request_id, one.error) for one in stage.exchanges]
    path = "/api/v1/generations/{task_id}"
    assert told == [
        ("GET", path, None, None, "NoAnswer"),
        ("GET", path, 429, "req_04c1", "TooMany"),
        ("GET", path, 200, None, None),
    ]
    assert all(one.elapsed_ms >= 0 for one in stage.exchanges)

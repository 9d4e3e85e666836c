"""Which refusal becomes which error, and what it says about the effect."""

import httpx
import pytest

from console import rivya
from tests.rivya.stage import Pieces, Stage, refusal


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "api_key_missing", rivya.KeyRefused),
        (401, "api_key_invalid", rivya.KeyRefused),
        (401, "api_key_revoked", rivya.KeyRefused),
        (401, "api_key_expired", rivya.KeyRefused),
        (403, "api_scope_denied", rivya.ScopeMissing),
        (402, "insufficient_credits", rivya.OutOfCredits),
        (400, "insufficient_credits", rivya.OutOfCredits),
        (400, "validation_failed", rivya.Invalid),
        (400, "webhook_url_rejected", rivya.Invalid),
        (400, "chat_model_not_supported", rivya.Invalid),
        (400, "chat_attachment_not_supported", rivya.Invalid),
        (404, "not_found", rivya.Missing),
        (409, "chat_session_conflict", rivya.Conflict),
        (409, "idempotency_conflict", rivya.Conflict),
        (429, "rate_limited", rivya.TooMany),
        (503, "public_api_disabled", rivya.Unavailable),
        (500, "internal_error", rivya.Unavailable),
        (400, "a_code_of_tomorrow", rivya.Invalid),
        (402, "a_code_of_tomorrow", rivya.OutOfCredits),
        (403, "a_code_of_tomorrow", rivya.ScopeMissing),
        (409, "a_code_of_tomorrow", rivya.Conflict),
        (418, "a_code_of_tomorrow", rivya.Refused),
        (502, "a_code_of_tomorrow", rivya.Unavailable),
    ],
)
async def test_the_code_decides_and_the_status_when_the_code_is_new(
    status: int, code: str, kind: type[rivya.Refused]
) -> None:
    with pytest.raises(rivya.Refused) as caught:
        await Stage(refusal(status, code), attempts=1).create()
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.status, error.request_id) == (code, status, "req_04c1")
    assert error.message == f"It says {code}."


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "validation_failed", "not_done"),
        (409, "idempotency_conflict", "not_done"),
        (429, "rate_limited", "not_done"),
        (503, "public_api_disabled", "not_done"),
        (503, "", "unknown"),
        (500, "internal_error", "unknown"),
        (500, "validation_failed", "unknown"),
        (302, "", "unknown"),
    ],
)
async def test_only_a_clear_no_counts_as_not_done(status: int, code: str, outcome: str) -> None:
    with pytest.raises(rivya.Refused) as caught:
        await Stage(refusal(status, code), attempts=1).create()
    assert caught.value.outcome == outcome


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><h1>502 Bad Gateway</h1></html>",
        b"null",
        b"[]",
        b'{"error": "no"}',
        b'{"error": {"code": 5, "message": {}, "requestId": []}}',
        b'{"error": {"code": "x y\\n", "message": null}}',
        b"\xff" * 100_000,
    ],
)
@pytest.mark.parametrize(("status", "kind"), [(404, rivya.Missing), (502, rivya.Unavailable), (401, rivya.KeyRefused)])
async def test_a_body_that_is_no_envelope_is_judged_by_its_status(
    body: bytes, status: int, kind: type[rivya.Refused]
) -> None:
    reply = httpx.Response(status, content=body, headers={"x-request-id": "req_7"})
    with pytest.raises(kind) as caught:
        await Stage(reply, attempts=1).read()
    assert (caught.value.code, caught.value.message, caught.value.request_id) == ("", "", "req_7")


async def test_a_forbidding_proxy_does_not_make_a_scope_missing() -> None:
    with pytest.raises(rivya.Refused) as caught:
        await Stage(httpx.Response(403, html="<h1>Blocked</h1>"), attempts=1).read()
    assert type(caught.value) is rivya.Refused


async def test_a_redirect_is_not_followed() -> None:
    stage = Stage(httpx.Response(307, headers={"location": "https://elsewhere.test/"}), attempts=3)
    with pytest.raises(rivya.Unavailable):
        await stage.create()
    assert stage.request.url.host == "rivya.test"


async def test_a_refusal_whose_body_is_lost_is_still_a_refusal() -> None:
    reply = httpx.Response(400, stream=Pieces([b'{"error": {"co', httpx.ReadError("cut")]))
    with pytest.raises(rivya.Invalid):
        await Stage(reply, attempts=1).create()

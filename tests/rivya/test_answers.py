"""What comes back: documented answers, and the variations nobody documented."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from console import rivya
from tests.rivya.stage import Stage, answer, payload


def altered(name: str, **changes: Any) -> httpx.Response:
    return httpx.Response(200, json=json.loads(payload(name)) | changes)


async def test_the_catalogue_keeps_what_it_can_read_and_how_rivya_said_it() -> None:
    nano, four_o, chat = await Stage(answer("models.json")).client.models.list()
    assert (nano.id, nano.base_credits, nano.is_callable) == ("nano-banana-2", 5, True)
    assert nano.raw["colour_of_the_month"] == "teal"
    assert (four_o.max_prompt_length, four_o.params, four_o.is_callable) == (None, (), False)
    assert (chat.base_credits, chat.is_chat) == (4, True)


async def test_a_bare_list_is_a_list_too() -> None:
    models = await Stage(httpx.Response(200, json=[{"id": "z-image"}])).client.models.list()
    assert [model.id for model in models] == ["z-image"]


async def test_a_finished_generation_names_each_result_once() -> None:
    generation = await Stage(answer("generation.succeeded.json")).read()
    assert generation.is_final
    assert (generation.reserved_credits, generation.final_credits) == (6, 6)
    assert generation.created_at == datetime(2026, 5, 14, 9, 31, tzinfo=UTC)
    assert generation.result is not None
    urls = [url.reveal() for url in generation.result.all_urls]
    assert urls == ["https://media.example/o/1.png?sig=ONE", "https://media.example/o/2.png?sig=TWO"]


async def test_a_failed_generation_says_why_and_may_say_nothing() -> None:
    told = await Stage(answer("generation.failed.json")).read()
    assert told.error is not None
    assert (told.error.code, told.final_credits) == ("generation_failed", 0)
    silent = await Stage(altered("generation.failed.json", error=None)).read()
    assert (silent.is_final, silent.error) == (True, None)


@pytest.mark.parametrize("status", ["queued", "processing", "moderating"])
async def test_states_that_are_not_known_are_open(status: str) -> None:
    assert not (await Stage(altered("generation.queued.json", status=status)).read()).is_final


async def test_a_short_body_leaves_figures_out_rather_than_making_them_zero() -> None:
    generation = await Stage(httpx.Response(202, json={"id": "t", "status": "queued", "reserved_credits": 20})).create()
    assert (generation.reserved_credits, generation.final_credits) == (20, None)


OUT_OF_TIME = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]


@pytest.mark.parametrize("moment", ["yesterday", "2026-05-14T09:31:00", {"at": 1}, "", *OUT_OF_TIME])
async def test_a_strange_timestamp_does_not_hide_a_result(moment: object) -> None:
    generation = await Stage(altered("generation.succeeded.json", created_at=moment)).read()
    assert (generation.created_at, generation.status) == (None, "succeeded")


@pytest.mark.parametrize(
    "change", [{"final_credits": -1}, {"final_credits": "many"}, {"result": ["u"]}, {"id": ""}, {"status": None}]
)
async def test_a_strange_charge_result_or_id_is_not_guessed_at(change: dict[str, Any]) -> None:
    with pytest.raises(rivya.Unreadable) as caught:
        await Stage(altered("generation.succeeded.json", **change)).read()
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Hello</html>", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": 7}', b"\x00"],
)
async def test_a_success_that_makes_no_sense_is_unreadable_and_not_retried(body: bytes) -> None:
    stage = Stage(httpx.Response(200, content=body, headers={"x-request-id": "req_9"}))
    with pytest.raises(rivya.Unreadable) as caught:
        await stage.create()
    assert (caught.value.outcome, caught.value.request_id) == ("unknown", "req_9")
    assert len(stage.requests) == 1


async def test_an_endless_answer_is_cut_off() -> None:
    stage = Stage(httpx.Response(200, content=b" " * (8 * 1024 * 1024 + 1)))
    with pytest.raises(rivya.Unreadable):
        await stage.read()


async def test_a_file_needs_only_id_kind_and_url() -> None:
    bare = await Stage(
        httpx.Response(201, json={"id": "f", "kind": "image", "url": "https://m.example/f"})
    ).client.files.retrieve("f")
    assert (bare.is_available, bare.mime_type) == (True, None)
    waiting = await Stage(altered("file.video.json", status="scanning")).client.files.retrieve("f")
    assert (waiting.is_available, waiting.duration_seconds) == (False, 7.4)


async def test_a_completion_carries_message_usage_and_credits() -> None:
    completion = await Stage(answer("chat.completion.json")).client.chat.complete(b"{}", idempotency_key="k")
    assert (completion.session_id, completion.message.content[:5]) == ("sess_31ab", "Three")
    assert completion.credits == rivya.TurnCredits(reserved=3, final=1)
    assert completion.usage is not None
    assert completion.usage.total_tokens == 508


@pytest.mark.parametrize("shape", ["messages", "data", "wrapped"])
async def test_a_session_has_its_messages_wherever_rivya_puts_them(shape: str) -> None:
    body = json.loads(payload("chat.session.json"))
    if shape == "data":
        body["data"] = body.pop("messages")
    session = await Stage(httpx.Response(200, json={"data": body} if shape == "wrapped" else body)).client.chat.session(
        "s"
    )
    assert [message.role for message in session.messages] == ["user", "assistant"]
    assert session.model == "gpt-5-2-chat"


async def test_a_new_endpoint_has_its_secret_and_a_read_one_has_none() -> None:
    stage = Stage(answer("webhook_endpoint.json", 201), altered("webhook_endpoint.json", signing_secret=None))
    made = await stage.client.endpoints.create(
        name="n", url="https://hooks.example.com", event_types=["generation.failed"]
    )
    read = await stage.client.endpoints.retrieve(made.id)
    assert made.signing_secret == rivya.Secret("whsec_9fSHOWNONCEc0ffee")
    assert (read.signing_secret, read.delivers) == (None, True)


async def test_a_rotation_needs_only_the_new_secret_in_its_answer() -> None:
    rotated = await Stage(
        httpx.Response(200, json={"signing_secret": "whsec_new_c0ffee00"})
    ).client.endpoints.rotate_secret("w1")
    assert (rotated.id, rotated.signing_secret) == ("w1", rivya.Secret("whsec_new_c0ffee00"))
    with pytest.raises(rivya.Unreadable):
        await Stage(httpx.Response(200, json={"id": "w1"})).client.endpoints.rotate_secret("w1")


async def test_a_test_event_answers_with_a_delivery_or_with_nothing() -> None:
    stage = Stage(httpx.Response(200, json={"id": "whdel_1", "status": "succeeded"}), httpx.Response(204))
    told = await stage.client.endpoints.test("w1")
    assert told is not None
    assert told.status == "succeeded"
    assert await stage.client.endpoints.test("w1") is None


async def test_the_balance_is_one_number() -> None:
    assert (
        await Stage(httpx.Response(200, json={"current_credits": 123})).client.credits.retrieve()
    ).current_credits == 123

"""What goes out: paths, headers, bodies."""

import io
from collections.abc import Awaitable, Callable

import httpx
import pytest

from console import rivya
from tests.rivya.stage import BASE_URL, KEY, Stage, answer

Act = Callable[[rivya.Client], Awaitable[object]]

EMPTY_LIST = httpx.Response(200, json={"data": []})


@pytest.mark.parametrize(
    ("method", "path", "reply", "act"),
    [
        ("GET", "/models", EMPTY_LIST, lambda c: c.models.list()),
        ("GET", "/openapi.json", httpx.Response(200, json={"openapi": "3.1.0"}), lambda c: c.openapi()),
        ("GET", "/files/file_1", answer("file.video.json"), lambda c: c.files.retrieve("file_1")),
        ("GET", "/generations/task_1", answer("generation.queued.json"), lambda c: c.generations.retrieve("task_1")),
        ("GET", "/credits", httpx.Response(200, json={"current_credits": 3}), lambda c: c.credits.retrieve()),
        ("GET", "/chat/sessions", EMPTY_LIST, lambda c: c.chat.sessions()),
        ("GET", "/chat/sessions/sess_1", answer("chat.session.json"), lambda c: c.chat.session("sess_1")),
        ("GET", "/webhooks", EMPTY_LIST, lambda c: c.endpoints.list()),
        ("GET", "/webhooks/w1", answer("webhook_endpoint.json"), lambda c: c.endpoints.retrieve("w1")),
        (
            "PATCH",
            "/webhooks/w1",
            answer("webhook_endpoint.json"),
            lambda c: c.endpoints.update("w1", status="disabled"),
        ),
        ("DELETE", "/webhooks/w1", httpx.Response(204), lambda c: c.endpoints.delete("w1")),
        (
            "POST",
            "/webhooks/w1/rotate-secret",
            answer("webhook_endpoint.json"),
            lambda c: c.endpoints.rotate_secret("w1"),
        ),
        ("POST", "/webhooks/w1/test", httpx.Response(202), lambda c: c.endpoints.test("w1")),
        ("GET", "/webhooks/w1/deliveries", EMPTY_LIST, lambda c: c.endpoints.deliveries("w1")),
        ("GET", "/webhook-events", EMPTY_LIST, lambda c: c.events.list()),
    ],
)
async def test_every_call_has_its_documented_method_and_path(
    method: str, path: str, reply: httpx.Response, act: Act
) -> None:
    stage = Stage(reply)
    await act(stage.client)
    assert (stage.request.method, str(stage.request.url)) == (method, f"{BASE_URL}/api/v1{path}")
    assert stage.request.headers["authorization"] == f"Bearer {KEY}"
    assert stage.exchanges[0].path_template.startswith("/api/v1/")


async def test_a_client_without_a_key_sends_none() -> None:
    stage = Stage(EMPTY_LIST)
    await rivya.Client(stage.transport, base_url=BASE_URL).models.list()
    assert "authorization" not in stage.request.headers


async def test_ids_cannot_leave_their_place_in_the_path() -> None:
    stage = Stage(answer("generation.queued.json"))
    await stage.client.generations.retrieve("../credits?x=1#y/%2e")
    assert stage.request.url.raw_path == b"/api/v1/generations/..%2Fcredits%3Fx%3D1%23y%2F%252e"


@pytest.mark.parametrize("task_id", ["", ".", ".."])
async def test_ids_that_would_name_another_path_are_a_mistake(task_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        await Stage(answer("generation.queued.json")).client.generations.retrieve(task_id)


async def test_a_create_sends_exactly_the_given_bytes_and_key() -> None:
    stage = Stage(answer("generation.queued.json"))
    body = b'{ "model" : "z-image",  "prompt":"\xc3\xa9" }'
    await stage.client.generations.create(body, idempotency_key="order-1")
    assert stage.request.content == body
    assert stage.request.headers["idempotency-key"] == "order-1"
    assert stage.request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", ["", "a b", "ключ", "x" * 256, "a\r\nb"])
async def test_an_idempotency_key_that_no_header_carries_is_a_mistake(key: str) -> None:
    stage = Stage(answer("generation.queued.json"))
    with pytest.raises(ValueError, match="idempotency"):
        await stage.client.generations.create(b"{}", idempotency_key=key)
    assert stage.requests == []


@pytest.mark.parametrize("key", ["rvya_sk_\r\nx: y", "rvya_sk_\u2013", "rvya sk", ""])
async def test_a_key_that_no_header_carries_is_refused_unsent(key: str) -> None:
    stage = Stage(answer("generation.queued.json"))
    with pytest.raises(rivya.KeyRefused) as caught:
        await rivya.Client(stage.transport, base_url=BASE_URL, api_key=key).credits.retrieve()
    assert caught.value.outcome == "not_done"
    assert stage.requests == []


def test_encoding_is_the_same_for_the_same_input_in_any_order() -> None:
    encode = rivya.GenerationCalls.encode
    one = encode(model="m", prompt="Grüße", params={"b": "1", "a": 2.5, "model": "V5"}, client_request_id="c")
    two = encode(client_request_id="c", params={"model": "V5", "a": 2.5, "b": "1"}, prompt="Grüße", model="m")
    assert one == two
    assert (
        one.decode() == '{"client_request_id":"c","model":"m","params":{"a":2.5,"b":"1","model":"V5"},"prompt":"Grüße"}'
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_json_does_not_have_are_a_mistake(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        rivya.GenerationCalls.encode(model="m", params={"seed": number})


async def test_an_uploaded_file_becomes_a_reference_in_rivyas_camel_case() -> None:
    file = await Stage(answer("file.video.json")).client.files.retrieve("file_7Qm2c1")
    body = rivya.GenerationCalls.encode(model="m", params={"referenceMediaItems": [file.reference()]})
    assert b'"durationToken":"dt_opaque"' in body
    assert b'"mimeType":"video/mp4"' in body
    assert b'"url":"https://media.example/uploads/7Qm2c1.mp4?sig=SIGNED"' in body


def test_a_chat_turn_names_its_files_by_id() -> None:
    body = rivya.ChatCalls.encode(model="m", message="Hi", file_ids=["file_1"], enable_web_search=False)
    assert body == b'{"attachments":[{"file_id":"file_1"}],"enable_web_search":false,"message":"Hi","model":"m"}'


@pytest.mark.parametrize("file", [b"PNGBYTES", io.BytesIO(b"PNGBYTES")])
async def test_an_upload_is_a_form_and_a_second_attempt_sends_the_whole_file_again(file: bytes | io.BytesIO) -> None:
    stage = Stage(httpx.ReadError("gone"), answer("file.video.json"))
    await stage.client.files.upload(file, name='a".png', mime_type="image/png", kind="image", model="z-image")
    for request in stage.requests:
        assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert b'name="kind"\r\n\r\nimage\r\n' in request.content
        assert b'name="model"\r\n\r\nz-image\r\n' in request.content
        assert b'filename="a%22.png"\r\nContent-Type: image/png\r\n\r\nPNGBYTES\r\n' in request.content
    assert len(stage.requests) == 2


@pytest.mark.parametrize(
    "base_url", ["rivya.ai", "ftp://rivya.ai", "https://user@rivya.ai", "https://rivya.ai?x=1", "https://ri vya.ai", ""]
)
def test_a_base_url_is_plain_or_a_mistake(base_url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        rivya.Client(Stage(EMPTY_LIST).transport, base_url=base_url)

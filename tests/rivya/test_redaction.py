"""Keys, tokens, signing secrets and signed URLs are in no text anybody might keep."""

import copy
import io
import logging
import pickle
import traceback
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from console import rivya
from tests.rivya.stage import BASE_URL, KEY, Line, Pieces, Stage, answer, event_stream, payload, refusal

HUSH = ["THEKEYITSELF", "SIGNED", "sig=ONE", "dt_opaque", "SHOWNONCE", "SECRETPROMPT"]
URL = "https://media.example/o/1.png?sig=SIGNED"


def told(error: BaseException) -> str:
    """What an error page, a crash reporter or a log may print of an exception: its texts, our frames, their locals."""
    ours = [frame for frame in traceback.walk_tb(error.__traceback__) if "/console/" in frame[0].f_code.co_filename]
    summary = traceback.StackSummary.extract(iter(ours), capture_locals=True)
    chain = "".join(traceback.format_exception_only(error))
    inside = [repr(vars(error)), repr(error.__context__), repr(error.__cause__)]
    return "\n".join([chain, *summary.format(), *inside, repr(error), str(error)])


def hushed(text: str) -> bool:
    assert [word for word in HUSH if word in text] == []
    return True


async def test_answers_do_not_show_what_is_secret_in_them() -> None:
    stage = Stage(answer("file.video.json"), answer("generation.succeeded.json"), answer("webhook_endpoint.json"))
    shown = [
        await stage.client.files.retrieve("f"),
        await stage.read(),
        await stage.client.endpoints.rotate_secret("w"),
    ]
    assert hushed(f"{shown!r} {shown!s} {shown[0].reference()}")  # type: ignore[attr-defined]
    assert hushed(repr([stage.client, vars(stage.client), stage.client._sender, stage.transport]))


@pytest.mark.parametrize("how", [str, repr, "{}".format, "{:>40}".format, "%s".__mod__, "%r".__mod__], ids=range(6))
def test_a_secret_shows_nothing_however_it_is_printed(how: Callable[[object], str]) -> None:
    secret = rivya.Secret(KEY)
    assert "[secret]" in how(secret)
    assert hushed(how(secret))
    assert hushed(how([secret, {"k": secret}]) if how is repr else "")


def test_a_secret_is_compared_copied_and_opened_but_never_serialised() -> None:
    secret = rivya.Secret(KEY)
    assert secret == rivya.Secret(rivya.Secret(KEY))
    assert secret != rivya.Secret("other")
    assert secret != KEY
    assert hash(secret) == hash(rivya.Secret(KEY))
    assert copy.deepcopy([secret]) == [secret]
    assert secret.reveal() == KEY
    assert not rivya.Secret("")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)


async def create(client: rivya.Client) -> object:
    body = client.generations.encode(model="m", prompt="SECRETPROMPT", params={"url": URL})
    return await client.generations.create(body, idempotency_key="k")


async def complete(client: rivya.Client) -> object:
    return await client.chat.complete(b'"SECRETPROMPT"', idempotency_key="k")


async def stream(client: rivya.Client) -> object:
    async with client.chat.stream(b'"SECRETPROMPT"', idempotency_key="k") as events:
        return [event async for event in events]


async def upload(client: rivya.Client) -> object:
    return await client.files.upload(b"SECRETPROMPT", name="SIGNED.png", mime_type="image/png", kind="image")


@pytest.mark.parametrize("act", [create, complete, stream, upload])
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError(f"cannot connect with {KEY}"),
        httpx.ReadTimeout(URL),
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"),
        httpx.InvalidURL(URL),
        refusal(401, "api_key_revoked"),
        httpx.Response(500, content=f"<html>{KEY} {URL}".encode()),
        httpx.Response(400, json={"error": {"code": KEY, "message": f"no {KEY} at {URL}", "requestId": KEY}}),
        httpx.Response(200, content=f'{{"id": "{URL}"'.encode()),
        httpx.Response(200, json={"id": 5, "url": URL, "signing_secret": "whsec_SHOWNONCE"}),
        event_stream([f'event: error\ndata: {{"error": {{"message": "{KEY}"}}}}\n\n'.encode()]),
    ],
    ids=range(10),
)
async def test_no_failure_shows_a_secret(act: Callable[[rivya.Client], Awaitable[object]], failure: Line) -> None:
    if isinstance(failure, httpx.Response) and isinstance(failure.stream, Pieces):
        failure = httpx.Response(200, stream=Pieces(failure.stream.pieces), headers=failure.headers)
    stage = Stage(failure, attempts=2)
    with pytest.raises(rivya.RivyaError) as caught:
        await act(stage.client)
    error = caught.value
    assert hushed(told(error))
    assert error.__context__ is None
    assert hushed(repr(stage.exchanges))
    assert hushed(repr(pickle.loads(pickle.dumps(error)).__dict__))
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


@pytest.mark.parametrize("key", [f"{KEY}\u2013", f"{KEY}\n"])
async def test_a_key_that_cannot_be_sent_is_not_shown_either(key: str) -> None:
    stage = Stage(answer("models.json"))
    client = rivya.Client(stage.transport, base_url=BASE_URL, api_key=key)
    with pytest.raises(rivya.KeyRefused) as caught:
        await client.models.list()
    assert hushed(told(caught.value))


@pytest.mark.parametrize("reply", [httpx.Response(404), httpx.ReadError(URL), httpx.Response(302)], ids=range(3))
@pytest.mark.parametrize("hosts", [frozenset({"media.example"}), frozenset[str]()])
async def test_a_failed_download_does_not_show_its_url(reply: Line, hosts: frozenset[str]) -> None:
    stage = Stage(reply)
    with pytest.raises(rivya.RivyaError) as caught:
        await rivya.fetch_media(stage.transport, URL, into=io.BytesIO(), allowed_hosts=hosts, max_bytes=9)
    assert hushed(told(caught.value))


def test_an_unbelieved_webhook_shows_no_signing_secret() -> None:
    with pytest.raises(rivya.SignatureInvalid) as caught:
        rivya.verify_webhook(b"{}", {"x-rivya-signature": "t=1,v1=2"}, ["whsec_SHOWNONCE"])
    assert hushed(told(caught.value))


async def test_nothing_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(
        answer("generation.succeeded.json"),
        httpx.Response(200, content=b"x"),
        event_stream([payload("chat.replay.sse")]),
    )
    await create(stage.client)
    await rivya.fetch_media(
        stage.transport, URL, into=io.BytesIO(), allowed_hosts=frozenset({"media.example"}), max_bytes=9
    )
    await stream(stage.client)
    assert hushed(caplog.text)
    assert "media.example" not in caplog.text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Key rvya_sk_abc is unknown", "Key [secret] is unknown"),
        ("see https://m.example/x?sig=1, please", "see [secret] please"),
        ("secret 'whsec_abc'", "secret '[secret]'"),
        ("two\nlines\x00", "two lines"),
        ("x" * 1000, "x" * 500),
    ],
)
def test_words_of_rivyas_are_scrubbed(text: str, clean: str) -> None:
    assert rivya.scrub(text) == clean

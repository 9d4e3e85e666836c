"""Bringing results home: from where, how much, and with what in hand."""

import hashlib
import io

import httpx
import pytest

from console import rivya
from tests.rivya.stage import Pieces, Stage

BYTES = b"\x89PNG the picture"
URL = "https://media.example/o/1.png?sig=SIGNED"
HOSTS = frozenset({"media.example", "127.0.0.1:9100"})
PICTURE = httpx.Response(200, content=BYTES, headers={"content-type": "image/png; charset=x"})


async def fetch(stage: Stage, url: str = URL, max_bytes: int = 1000) -> tuple[rivya.Media, bytes]:
    into = io.BytesIO()
    media = await rivya.fetch_media(stage.transport, url, into=into, allowed_hosts=HOSTS, max_bytes=max_bytes)
    return media, into.getvalue()


async def refused(stage: Stage, url: str = URL, max_bytes: int = 1000) -> rivya.MediaRefused:
    with pytest.raises(rivya.MediaRefused) as caught:
        await fetch(stage, url, max_bytes)
    return caught.value


async def test_a_result_is_streamed_into_the_file_and_described() -> None:
    media, written = await fetch(Stage(PICTURE))
    assert written == BYTES
    assert media == rivya.Media("image/png", len(BYTES), hashlib.sha256(BYTES).hexdigest())


async def test_the_key_and_our_names_stay_at_home() -> None:
    stage = Stage(PICTURE)
    await fetch(stage)
    assert set(stage.request.headers) == {"host", "accept", "accept-encoding"}
    assert str(stage.request.url) == URL


@pytest.mark.parametrize(
    "url",
    [
        "https://MEDIA.example/x",
        "https://media.example:443/x",
        "https://media.example?x=1",
        "https://media.example",
        "http://127.0.0.1:9100/x",
        "https://127.0.0.1:9100/x",
    ],
)
async def test_allowed_hosts_are_fetched_from(url: str) -> None:
    assert (await fetch(Stage(PICTURE), url))[1] == BYTES


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://evil.example/x", "host"),
        ("https://media.example.evil.example/x", "host"),
        ("https://media.example:8443/x", "host"),
        ("http://media.example/x", "host"),
        ("http://127.0.0.1/x", "host"),
        ("http://127.0.0.1:9101/x", "host"),
        ("https://[::1]/x", "host"),
        ("https://media.example.:443/x", "host"),
        ("https://media.example@evil.example/x", "url"),
        ("https://evil.example\\@media.example/x", "url"),
        ("https://media.example\t.evil.example/x", "url"),
        ("https://media.example/x y", "url"),
        ("https://media.example/x\r\nhost: y", "url"),
        ("https://media.example#@evil.example/", "url"),
        ("file:///etc/passwd", "url"),
        ("//media.example/x", "url"),
        ("https://mediа.example/x", "url"),
        ("", "url"),
    ],
)
async def test_other_places_are_not_even_asked(url: str, reason: str) -> None:
    stage = Stage(PICTURE)
    assert (await refused(stage, url)).reason == reason
    assert stage.requests == []


@pytest.mark.parametrize(
    ("status", "reason", "temporary"),
    [
        (302, "redirect", False),
        (204, "status", False),
        (206, "status", False),
        (403, "status", False),
        (404, "status", False),
        (429, "status", True),
        (503, "status", True),
    ],
)
async def test_only_a_plain_200_is_a_result(status: int, reason: str, temporary: bool) -> None:
    stage = Stage(httpx.Response(status, headers={"location": "https://media.example/elsewhere"}))
    error = await refused(stage)
    assert (error.reason, error.status, error.is_temporary) == (reason, status, temporary)
    assert len(stage.requests) == 1


async def test_a_result_may_be_exactly_as_large_as_allowed() -> None:
    assert (await fetch(Stage(PICTURE), max_bytes=len(BYTES)))[0].size_bytes == len(BYTES)
    assert (await refused(Stage(PICTURE), max_bytes=len(BYTES) - 1)).reason == "too_big"


async def test_a_body_larger_than_announced_is_stopped_on_the_way() -> None:
    body = Pieces([b"x" * 400] * 1000)
    error = await refused(Stage(httpx.Response(200, stream=body)))
    assert error.reason == "too_big"
    assert body.closed


async def test_a_download_that_is_lost_is_no_answer() -> None:
    body = Pieces([b"x", httpx.ReadError("gone")])
    with pytest.raises(rivya.NoAnswer):
        await fetch(Stage(httpx.Response(200, stream=body)))
    assert body.closed


async def test_a_download_is_bounded_in_time_as_a_whole() -> None:
    body = Pieces([b"x"], hang=True)
    stage = Stage(httpx.Response(200, stream=body))
    with pytest.raises(rivya.TimedOut):
        await rivya.fetch_media(
            stage.transport, URL, into=io.BytesIO(), allowed_hosts=HOSTS, max_bytes=9, timeout_seconds=0.05
        )
    assert body.closed


@pytest.mark.parametrize("claim", ["", "nonsense", "a/b/c", "text/html\x7f", "x" * 500 + "/y"])
async def test_a_strange_content_type_is_none(claim: str) -> None:
    headers = [(b"content-type", claim.encode())]
    assert (await fetch(Stage(httpx.Response(200, content=BYTES, headers=headers))))[0].content_type == ""

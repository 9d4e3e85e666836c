"""A file on its way is cut off once its reader may no longer have it, so that they see that it is not whole."""

import logging
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from console.engine import cutting
from console.engine.cutting import CutShort, while_they_may, while_they_may_async
from console.files.models import ReferenceFile
from console.files.serving import CHUNK_BYTES, Content, serve
from tests.files.served import served

WHOLE = bytes(range(256)) * (CHUNK_BYTES // 256) * 6
answers: list[bool] = []


class _Kept(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Its `now` is the time, for whoever decides whether to ask."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(cutting, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


class Reader:
    """Takes a chunk after so many seconds each; counts how often was asked whether they may."""

    def __init__(self, clock: SimpleNamespace, seconds: float, may_until: float = 1e9) -> None:
        self.clock, self.seconds, self.may_until = clock, seconds, clock.now + may_until
        self.asked, self.got = 0, b""

    def may_still(self) -> bool:
        self.asked += 1
        return bool(self.clock.now < self.may_until)

    def read(self) -> bytes:
        for chunk in while_they_may(iter([b"a", b"b", b"c", b"d"]), self.may_still):
            self.take(chunk)
        return self.got

    async def read_async(self) -> bytes:
        async for chunk in while_they_may_async(_pieces(), self.may_still):
            self.take(chunk)
        return self.got

    def take(self, chunk: bytes) -> None:
        self.got += chunk
        self.clock.now += self.seconds


async def _pieces() -> AsyncIterator[bytes]:
    for piece in (b"a", b"b", b"c", b"d"):
        yield piece


@pytest.mark.parametrize(("seconds", "asked"), [(4, 0), (6, 1), (15, 3), (600, 3)])
async def test_a_slow_reader_who_may_gets_every_byte(clock: SimpleNamespace, seconds: int, asked: int) -> None:
    """And one who is quick is not asked about at all."""
    sync, awaited = Reader(clock, seconds), Reader(clock, seconds)
    assert (sync.read(), sync.asked) == (b"abcd", asked)
    assert (await awaited.read_async(), awaited.asked) == (b"abcd", asked)


@pytest.mark.parametrize(("seconds", "got"), [(6, b"abc"), (15, b"ab"), (600, b"a")])
async def test_a_slow_reader_who_may_no_longer_gets_no_further_chunk(
    clock: SimpleNamespace, seconds: int, got: bytes
) -> None:
    sync = Reader(clock, seconds, may_until=16)
    with pytest.raises(CutShort):
        sync.read()
    awaited = Reader(clock, seconds, may_until=16)
    with pytest.raises(CutShort):
        await awaited.read_async()
    assert (sync.got, awaited.got) == (got, got)


@login_not_required
def film(request: HttpRequest) -> HttpResponseBase:
    """Asked before each chunk, as `answers` says."""
    content = Content(ReferenceFile(content="references/film").content, "video/mp4", "tag", "film.mp4")
    return serve(request, content, lambda: answers.pop(0))


urlpatterns = [path("film", film)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[logging.LogRecord]]:
    """What the server has to say, while a film is there and asked about at every chunk."""
    monkeypatch.setattr(cutting, "ASKED_EVERY_SECONDS", 0.0)
    stored = default_storage.save("references/film", ContentFile(WHOLE))
    assert stored == "references/film"
    records: list[logging.LogRecord] = []
    handler = _Kept(records)
    logging.getLogger("uvicorn.error").addHandler(handler)
    yield records
    logging.getLogger("uvicorn.error").removeHandler(handler)
    default_storage.delete(stored)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("asked", [{}, {"range": f"bytes=0-{CHUNK_BYTES * 5}"}], ids=["whole", "part"])
@pytest.mark.filterwarnings("ignore:No directory at")
async def test_through_a_real_server_the_reader_sees_that_it_is_not_whole(
    told: list[logging.LogRecord], caplog: pytest.LogCaptureFixture, asked: dict[str, str]
) -> None:
    from console import asgi  # it sets the applications up, which tests have done already

    caplog.set_level(logging.INFO, "console.engine")
    answers[:], got = [True, True, False], bytearray()
    async with served(asgi.limited_application) as client, client.stream("GET", "/film", headers=asked) as answer:
        with pytest.raises(httpx.RemoteProtocolError):
            await _all_into(got, answer)
    assert (answers, bytes(got)) == ([], WHOLE[: 2 * CHUNK_BYTES])
    assert told == []
    assert [record.levelname for record in caplog.records if "answer_cut_short" in str(record.msg)] == ["INFO"]


async def _all_into(got: bytearray, answer: httpx.Response) -> None:
    async for chunk in answer.aiter_raw():
        got += chunk


async def test_an_error_of_ours_still_has_its_line(told: list[logging.LogRecord]) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        raise ValueError

    async with served(failing) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")
    assert [record.levelname for record in told] == ["ERROR"]

"""Stored bytes: whole, in part, known already, and only for members; tame whatever they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.test import AsyncClient, Client
from django.urls import reverse

from console.files.models import ReferenceFile
from console.files.serving import CHUNK_BYTES, Content, serve
from console.projects.models import Project
from console.teams.models import User
from tests.files.library import make_file
from tests.files.samples import picture
from tests.files.served import served


@pytest.fixture
def file(project: Project, bob: User) -> ReferenceFile:
    return make_file(project, bob, picture(size=(80, 80)), name='my "boat" ünd.png')


@pytest.fixture
def address(file: ReferenceFile) -> str:
    return reverse("files:content", args=[file.pk])


@pytest.fixture
def bobs(browser_of: Any, bob: User) -> Client:
    client: Client = browser_of(bob)
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def test_the_whole_comes_with_headers_that_keep_it_tame(bobs: Client, file: ReferenceFile, address: str) -> None:
    answer = bobs.get(address)
    assert body(answer) == picture(size=(80, 80))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(file.size_bytes)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline; filename")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Accept-Ranges"] == "bytes"


def test_a_download_is_an_attachment_with_its_name(bobs: Client, address: str) -> None:
    answer = bobs.get(address, {"download": ""})
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''my%20%22boat%22%20%C3%BCnd.png"
    body(answer)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=5-999999", 5, None),
    ],
)
def test_a_part_is_just_that_part(bobs: Client, address: str, asked: str, start: int, stop: int | None) -> None:
    whole = picture(size=(80, 80))
    answer = bobs.get(address, headers={"range": asked})
    assert (answer.status_code, body(answer)) == (206, whole[start:stop])
    first = start % len(whole)
    assert answer["Content-Range"] == f"bytes {first}-{first + len(whole[start:stop]) - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0", "bytes=999999-1000000"])
def test_a_part_outside_the_file_is_416(bobs: Client, file: ReferenceFile, address: str, asked: str) -> None:
    answer = bobs.get(address, headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{file.size_bytes}")


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,4-5", "bytes=a-b", "lines=1-2", "bytes=-", "bytes=１-２", "bytes=" + "9" * 50]
)
def test_a_range_that_makes_no_sense_is_answered_with_the_whole(bobs: Client, address: str, asked: str) -> None:
    answer = bobs.get(address, headers={"range": asked})
    assert (answer.status_code, len(body(answer))) == (200, len(picture(size=(80, 80))))


def test_what_the_browser_has_is_not_sent_again(bobs: Client, address: str) -> None:
    first = bobs.get(address)
    body(first)
    assert bobs.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    other = bobs.get(address, headers={"range": "bytes=0-1", "if-range": '"another"'})
    same = bobs.get(address, headers={"range": "bytes=0-1", "if-range": first["ETag"]})
    assert (other.status_code, same.status_code) == (200, 206)
    body(other)
    body(same)


def test_a_head_has_the_headers_and_no_body(bobs: Client, file: ReferenceFile, address: str) -> None:
    answer = bobs.head(address, headers={"range": "bytes=0-1"})
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(file.size_bytes), b"")


def test_strangers_and_the_signed_out_get_nothing(
    client: Client, browser_of: Any, charlie: User, file: ReferenceFile
) -> None:
    for name in ("content", "preview", "card"):
        address = reverse(f"files:{name}", args=[file.pk])
        assert browser_of(charlie).get(address).status_code == 404
        assert client.get(address).status_code == 302
    for name in ("removal", "restoration"):
        assert browser_of(charlie).post(reverse(f"files:{name}", args=[file.pk])).status_code == 404


def test_bytes_that_are_gone_are_404(bobs: Client, file: ReferenceFile, address: str) -> None:
    default_storage.delete(str(file.content.name))
    assert bobs.get(address).status_code == 404


def test_the_preview_is_a_webp(bobs: Client, file: ReferenceFile) -> None:
    answer = bobs.get(reverse("files:preview", args=[file.pk]))
    assert answer["Content-Type"] == "image/webp"
    assert body(answer)[8:12] == b"WEBP"


@pytest.mark.parametrize("mime_type", ["text/html", "image/svg+xml", "application/octet-stream", "application/pdf"])
def test_what_is_no_medium_is_never_shown_in_place(file: ReferenceFile, rf: Any, mime_type: str) -> None:
    answer = serve(rf.get("/"), Content(file.content, mime_type, "tag", "page.html"), bool)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    body(answer)


@pytest.fixture
def large(file: ReferenceFile) -> Iterator[bytes]:
    """A file of many chunks in place of the small one."""
    content = bytes(range(256)) * (CHUNK_BYTES // 256) * 12 + b"end"
    name = default_storage.save("references/large", ContentFile(content))
    file.content.name = name
    yield content
    default_storage.delete(name)


async def test_a_real_asgi_server_streams_chunk_by_chunk_and_seeks(file: ReferenceFile, large: bytes) -> None:
    """Through uvicorn: Django under ASGI gathers sync iterators in memory, and this must not be one."""
    answers: list[HttpResponseBase] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        content = Content(file.content, "video/mp4", "tag", "film.mp4")
        answers.append(response := serve(_request(scope), content, bool))
        head = [(name.encode().lower(), value.encode()) for name, value in response.items()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": head})
        async for chunk in response:  # type: ignore[attr-defined]
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with served(application) as client:
        whole = await client.get("/")
        part = await client.get("/", headers={"range": f"bytes={CHUNK_BYTES * 3 + 5}-"})
    assert (whole.status_code, whole.content) == (200, large)
    assert (part.status_code, part.content) == (206, large[CHUNK_BYTES * 3 + 5 :])
    assert all(getattr(response, "is_async", False) for response in answers)


@pytest.mark.django_db(transaction=True)
async def test_the_view_answers_under_asgi_without_gathering_the_file(
    bob: User, file: ReferenceFile, address: str
) -> None:
    client = AsyncClient()
    await client.aforce_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer: Any = await client.get(address, headers={"range": "bytes=1-3"})
    chunks = [chunk async for chunk in answer.streaming_content]
    assert (answer.status_code, b"".join(chunks)) == (206, picture(size=(80, 80))[1:4])
    await sync_to_async(connections.close_all)()  # of the thread that the async code used


def _request(scope: Any) -> HttpRequest:
    return ASGIRequest(scope, None)  # type: ignore[arg-type]

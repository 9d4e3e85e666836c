"""Whatever encoding a request names, it ends in an answer in words: forms come in UTF-8, the rest is read as that."""

from itertools import product
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import reverse

from console.engine.threads import Handler
from console.teams.models import User
from console.ui.charset import Utf8Request

pytestmark = pytest.mark.django_db
BROKEN = ["base64", "rot13", "undefined", "unicode_escape", "utf-16", "utf-7", "idna", "punycode", "nonsense"]
MULTIPART, URLENCODED = "multipart/form-data; boundary=B", "application/x-www-form-urlencoded"


def part(name: str, value: str) -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--B--\r\n'.encode()


def send(page: str, body: bytes = b"", kind: str = "", of: Client | None = None, method: str = "POST") -> Any:
    """As a browser of somebody who is signed in, or of nobody, through requests as the web server makes them."""
    browser = AsyncClient(enforce_csrf_checks=of is None)
    if of:
        browser.cookies = of.cookies

    async def sent() -> Any:
        return await browser.generic(method, page, body, content_type=kind)

    return async_to_sync(sent)()


@pytest.mark.parametrize("kind", [MULTIPART, URLENCODED])
def test_a_form_in_another_encoding_is_refused_in_words(alice: User, browser_of: Any, kind: str) -> None:
    body = part("name", r"\ud800") if kind is MULTIPART else b"name=x%41"
    places = ((None, "/account/login/?next=%41"), (browser_of(alice), "/account/name/"))
    for charset, (browser, page) in product(BROKEN, places):
        answer = send(page, body, f"{kind}; charset={charset}", browser)
        assert answer.status_code == 415
        assert "another encoding" in answer.content.decode()


def test_a_form_in_utf8_is_read(alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    for charset in ("utf-8", "UTF8", '"utf-8"', "us-ascii", "US_ASCII"):
        send("/account/name/", part("name", f"Älice {charset}"), f"{MULTIPART}; charset={charset}", browser)
        alice.refresh_from_db()
        assert alice.name == f"Älice {charset}"


def test_what_is_no_form_is_read_as_utf8(alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    for charset in BROKEN:
        header = f"application/json; charset={charset}"
        assert send("/people/?q=%41", kind=header, of=browser, method="GET").status_code == 200
        assert send("/nothing/here/?q=%41", kind=header, method="GET").status_code == 404


@pytest.mark.parametrize("kind", ["application/json", URLENCODED, MULTIPART])
def test_the_door_of_webhooks_reads_bytes(db: None, kind: str) -> None:
    for charset in BROKEN:
        answer = send("/hooks/nobody/", b"{}", f"{kind}; charset={charset}")
        assert (answer.status_code, answer.content) == (404, b"There is nothing here.\n")


HEADERS = [f"{URLENCODED}; charset*=x''%ff", f"{MULTIPART}; charset*=undefined''%ff", "text/plain; a*=idna''%ff"]
PARTS = ["x''%ff", "undefined''%ff", r"unicode_escape''\ud800.png", "base64''%ff"]


async def statuses(body: bytes, kind: str) -> set[int]:
    """What pages that anybody reaches answer, through the application as the web server has it."""
    application = Handler()
    application.request_class = Utf8Request
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        pages = (reverse("account_login"), "/hooks/nobody/", "/files/")
        return {(await client.post(page, content=body, headers={"Content-Type": kind})).status_code for page in pages}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("header", HEADERS)
async def test_a_header_with_a_codec_of_its_own_is_answered(header: str) -> None:
    assert await statuses(b"name=x", header) <= {400, 403, 404}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PARTS)
async def test_a_file_name_with_a_codec_of_its_own_is_answered(name: str) -> None:
    part = f'--B\r\nContent-Disposition: form-data; name="file"; filename*={name}\r\n\r\nx\r\n--B--\r\n'
    assert await statuses(part.encode(), MULTIPART) <= {400, 403, 404}

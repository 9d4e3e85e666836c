"""The headers of every answer: each address as its owner and as nobody, every error page, the static files."""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

import console.urls
from console.teams.models import User
from tests.factories import make_user
from tests.house.routes import Route, routes
from tests.house.test_strangers import ADDRESSES, Owned, address, owned  # noqa: F401 - the fixture is used by its name

pytestmark = pytest.mark.django_db
HTTPS = {
    "SECURE_HSTS_SECONDS": 31536000,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-console_session",
    "CSRF_COOKIE_NAME": "__Host-console_csrf",
}
SAME = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
ACCOUNT = [one for one in routes() if one.name.startswith("account_") and not one.parameters]
ADMIN = [one for one in routes() if one.name.startswith("admin:") and not one.parameters]


def faults(headers: Mapping[str, str], *, private: bool = True) -> list[str]:
    """What the headers of one answer lack."""
    found = [name for name, value in SAME.items() if headers.get(name) != value]
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if "max-age=31536000" not in headers.get("Strict-Transport-Security", ""):
        found.append("Strict-Transport-Security")
    if private and not re.search(r"no-store|^private, no-cache$", headers.get("Cache-Control", "")):
        found.append("Cache-Control")
    return found + policy_faults(headers.get("Content-Security-Policy", ""))


def policy_faults(policy: str) -> list[str]:
    """What is wrong with a policy; only stored content in a sandbox may dress itself."""
    directives = {
        name: values.split() for name, _, values in (part.strip().partition(" ") for part in policy.split(";"))
    }
    found = [] if directives.get("default-src") == ["'none'"] else ["CSP: default-src"]
    allowed = {"sandbox": {"allow-same-origin"}, "style-src": {"'unsafe-inline'"}} if "sandbox" in directives else {}
    for name, values in directives.items():
        loose = {each for each in values if "unsafe" in each or "*" in each or "http" in each or "allow-" in each}
        found += [f"CSP: {name} {value}" for value in loose - allowed.get(name, set())]
    if "sandbox" not in directives:
        found += [f"CSP: {name}" for name in ("frame-ancestors", "base-uri") if directives.get(name) != ["'none'"]]
    return found


def cookie_faults(cookies: SimpleCookie) -> list[str]:
    """What is wrong with the cookies that were set."""
    return [
        name
        for name, cookie in cookies.items()
        if not (
            name.startswith("__Host-")
            and cookie["secure"]
            and cookie["samesite"] in {"Lax", "Strict"}
            and cookie["path"] == "/"
            and not cookie["domain"]
            and (cookie["httponly"] or name == "__Host-console_csrf")
        )
    ]


def looked(client: Client, url: str, **more: Any) -> list[str]:
    answer = client.get(url, secure=True, **more)
    return faults(answer.headers) + cookie_faults(answer.cookies)


@pytest.mark.parametrize("route", ADDRESSES, ids=lambda route: route.name)
@pytest.mark.parametrize("asker", ["owner", "nobody", "htmx"])
@override_settings(**HTTPS)
def test_every_address_answers_with_its_walls(
    browser_of: Any,
    alice: User,
    owned: Owned,  # noqa: F811
    route: Route,
    asker: str,
) -> None:
    client: Client = Client() if asker == "nobody" else browser_of(alice)
    more = {"headers": {"HX-Request": "true"}} if asker == "htmx" else {}
    assert looked(client, address(route, owned), **more) == []


@pytest.mark.parametrize("route", [*ACCOUNT, *ADMIN], ids=lambda route: route.name)
@override_settings(**HTTPS)
def test_the_doors_and_the_admin_site_have_them_too(browser_of: Any, route: Route) -> None:
    staff = make_user("stella", is_staff=True, is_superuser=True)
    for client in (Client(), browser_of(staff)):
        assert looked(client, reverse(route.name)) == []


@override_settings(**HTTPS)
def test_the_cookies_of_signing_in_are_locked_to_this_host(alice: User) -> None:
    client = Client()
    client.get(reverse("account_login"), secure=True)
    form = {"login": alice.email, "password": "correct horse battery"}
    answer = client.post(reverse("account_login"), form, secure=True)
    assert answer.status_code == 302
    assert "__Host-console_session" in answer.cookies
    assert cookie_faults(answer.cookies) == []


def fail(request: HttpRequest) -> HttpResponse:
    raise {"busy": OperationalError, "fault": ZeroDivisionError}[request.GET["how"]]


class Failing:
    """The console's own addresses, and one that fails."""

    handler500 = console.urls.handler500
    urlpatterns = (path("fail/", fail), *console.urls.urlpatterns)


@override_settings(**HTTPS, ROOT_URLCONF=Failing, LIMITS_PER_MINUTE={**settings.LIMITS_PER_MINUTE, "export": 1})
def test_every_error_has_them(browser_of: Any, alice: User) -> None:
    client: Client = browser_of(alice)
    client.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/jobs/export.csv", secure=True)
    answers = {
        400: client.get("/jobs/", secure=True, headers={"Host": "elsewhere.example"}),
        403: strict.post("/jobs/", secure=True),
        404: client.get("/nowhere/", secure=True),
        405: client.post("/healthz", secure=True),
        413: client.post("/jobs/", "x=" + "y" * 1_100_000, "application/x-www-form-urlencoded", secure=True),
        429: client.get("/jobs/export.csv", secure=True),
        500: client.get("/fail/?how=fault", secure=True),
        503: client.get("/fail/?how=busy", secure=True),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert {status: found for status, answer in answers.items() if (found := faults(answer.headers))} == {}


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Where the static files would be built: the server's entry looks for it."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


async def asked(url: str, *, declared: int = 0) -> tuple[int, dict[str, str]]:
    """Status and headers from the server's own entry."""
    from console import asgi  # it sets the applications up, which tests have done already

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-length", str(declared).encode())]
    scope = {"type": "http", "method": "GET", "path": url, "headers": headers, "query_string": b""}
    await asgi.application(scope, receive, send)
    return sent[0]["status"], {name.decode().title(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize(("url", "status"), [("/static/css/console.css", 200), ("/static/nothing.css", 404)])
async def test_static_files_have_them(url: str, status: int) -> None:
    from console import asgi

    await sync_to_async(asgi._whitenoise.add_files)(str(settings.STATICFILES_DIRS[0]), prefix="/static/")
    with override_settings(**HTTPS):
        answered, headers = await asked(url)
    assert answered == status
    assert faults(headers, private=status == 404) == []
    assert "Access-Control-Allow-Origin" not in headers


async def test_a_body_that_is_refused_before_django_has_them() -> None:
    with override_settings(**HTTPS):
        status, headers = await asked("/jobs/", declared=10**9)
    assert status == 413
    assert faults(headers) == []

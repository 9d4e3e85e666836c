"""A person without a browser: signs in, opens the form of a new job, sends it, and again when nobody answers."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

import httpx

from tests.stack import Stack, eventually

SECRET = "rvya_sk_sandbox_demo_0000000000000001"
PASSWORD = "correct horse battery staple"
PATIENCE_SECONDS = 60.0
Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Form:
    """A form of a new job as the page drew it: what a browser would send, hidden fields included."""

    fields: dict[str, list[str]]

    @property
    def submission(self) -> str:
        """The id that the page made: the same form sent twice is one job."""
        return UUID(self.fields["form"][0]).hex

    def with_values(self, **values: str | list[str]) -> "Form":
        """The same form with other values filled in."""
        typed = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
        return replace(self, fields=self.fields | typed)


@dataclass
class Person:
    """Somebody at a running console, with the cookies of one browser."""

    stack: Stack
    email: str
    project: str
    browser: httpx.Client = field(repr=False)

    def __enter__(self) -> "Person":
        self.sign_in()
        eventually(lambda: "z-image" in self.browser.get("/models/").text)
        return self

    def __exit__(self, *exception: object) -> None:
        self.browser.close()

    def sign_in(self) -> None:
        """Through the form, as everybody."""
        page = self.browser.get("/account/login/")
        fields = {"login": self.email, "password": PASSWORD, "csrfmiddlewaretoken": _token(page.text)}
        answer = self.browser.post("/account/login/", data=fields)
        assert "/account/login/" not in str(answer.url), answer.text

    def form_of(self, model: str) -> Form:
        """The form of a new job of this model, freshly drawn."""
        page = self.browser.get(f"/jobs/new/?{urlencode({'project': self.project, 'model': model})}")
        assert page.status_code == 200, page.text
        return read_form(page.text)

    def form_at(self, address: str) -> Form:
        """The form that the page at this address holds: a second tab, or the back button."""
        return read_form(self.browser.get(address).text)

    def send(self, form: Form) -> str:
        """Send the form; the id of the job that it led to."""
        answer = self.browser.post("/jobs/", data=form.fields)
        found = re.fullmatch(r"/jobs/([0-9a-f-]{36})/", answer.url.path)
        assert found, f"{answer.status_code} {answer.url}: {answer.text}"
        return UUID(found.group(1)).hex

    def form_until_answered(self, model: str) -> Form:
        """`form_of`, asked for again and again until the console answers, as an impatient person does."""
        return _until_answered(lambda: self.form_of(model))

    def send_until_answered(self, form: Form) -> str:
        """Send the same form again and again until the console answers."""
        return _until_answered(lambda: self.send(form))

    def submit(self, prompt: str, model: str = "z-image", **values: str) -> str:
        """Open the form, fill in the prompt, send it; the job's id."""
        return self.send(self.form_of(model).with_values(prompt=prompt, **values))


def seeded(stack: Stack, email: str = "alice@example.com") -> Person:
    """A team with one key and one project at the stack, and its owner: a context manager that signs them in.

    Rivya's side works ten times faster than usual, and paints small.
    """
    stack.control("PUT", "clock", {"speed": 10})
    stack.control("PUT", "settings", {"media_pixels": 64})
    owner = {"email": email, "password": PASSWORD, "role": "owner"}
    key = {"name": "Work", "purpose": "work", "secret": SECRET}
    project = {"name": "Spring", "purpose": "Pictures for spring", "key": "work"}
    stack.seed({"teams": [{"name": "Team of Alice", "members": [owner], "keys": [key], "projects": [project]}]})
    browser = httpx.Client(
        base_url=stack.base_url,
        follow_redirects=True,
        timeout=PATIENCE_SECONDS,
        trust_env=False,
        headers={"Referer": stack.base_url},
    )
    return Person(stack, email, stack.state()["ledger"][0]["project_id"], browser)


def read_form(page: str) -> Form:
    """What a browser would send of the page's new-job form."""
    reader = _Reader()
    reader.feed(page)
    assert "form" in reader.fields, "the page holds no form of a new job"
    return Form(reader.fields)


def _until_answered(ask: Callable[[], Answered]) -> Answered:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends_at:
        with suppress(httpx.TransportError):
            return ask()
        time.sleep(0.2)
    raise AssertionError("the console never answered")


class _Reader(HTMLParser):
    """Collects the named values of the form with the id `new-job`."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "new-job"
        elif self._inside and tag == "select":
            self._select = given.get("name", "")
        elif self._inside and tag == "textarea":
            self._textarea = given.get("name", "")
        elif self._inside and tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value", ""))
        elif self._inside and tag == "input" and given.get("name") and _is_sent(given):
            self._add(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and data.strip():
            self.fields[self._textarea] = [data]

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def _is_sent(given: dict[str, str]) -> bool:
    if given.get("type") in {"radio", "checkbox"}:
        return "checked" in given
    return given.get("type") not in {"file", "submit", "button"}


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page
    return found.group(1)

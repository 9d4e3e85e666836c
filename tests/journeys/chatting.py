"""A person who chats over plain HTTP, as a browser would, and what their page has drawn."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from tests.stack import Stack, eventually

PASSWORD = "correct horse battery staple"
SECRET = "rvya_sk_sandbox_demo_0000000000000001"
MODEL = "gpt-5-2-chat"
PARTIAL = re.compile(r'<hx-partial hx-target="#([^"]+)" hx-swap="(\w+)">(.*?)</hx-partial>', re.S)
FORM_NAMES = re.compile(r'value="[0-9a-f-]{36}"')  # each page's forms have names of their own
BLOCK = re.compile(r'(?=<div class="answer-block" id="turn-[0-9a-f-]{36}-\d+")')


class Event(NamedTuple):
    """One server-sent event as it came."""

    id: str
    name: str
    data: str


@dataclass
class Page:
    """The answer's blocks as htmx would have drawn them. `ended` is the final article."""

    blocks: list[str] = field(default_factory=list)
    last_id: str = ""
    turn: str = ""
    status: str = ""
    article: str = ""
    events: int = 0

    def take(self, event: Event) -> None:
        self.events += 1
        self.last_id = event.id or self.last_id
        if event.name == "turn-ended":
            self.status = event.data.rpartition('"status": "')[2].rstrip('"}')
        for target, swap, html in PARTIAL.findall(event.data) if not event.name else []:
            self._swap(target, swap, html)

    def _swap(self, target: str, swap: str, html: str) -> None:
        if target == "turns":
            self.turn = re.findall(r'id="turn-([0-9a-f-]{36})"', html)[0]
        elif target.endswith("-answer"):
            drawn = BLOCK.split(html)[1:]
            self.blocks = drawn if swap == "innerMorph" else self.blocks + drawn
        elif re.fullmatch(r"turn-[0-9a-f-]{36}-\d+", target):
            self.blocks[int(target.rpartition("-")[2])] = html
        elif re.fullmatch(r"turn-[0-9a-f-]{36}", target):
            self.article = FORM_NAMES.sub("", html)


class Person:
    """Signed in, with a project and a key of the sandbox's demo account."""

    def __init__(self, stack: Stack, email: str = "alice@example.com") -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        self.http = httpx.Client(base_url=stack.base_url, timeout=30, trust_env=False, limits=limits)
        self.http.get("/account/login/")
        self._post("/account/login/", {"login": email, "password": PASSWORD})
        self.project = stack.state()["ledger"][0]["project_id"]

    def begin(self, text: str, submission: str = "") -> str:
        """A new conversation, as a form without JavaScript; returns its path."""
        form = {"project": self.project, "model": MODEL, "message": text, "submission": submission or str(uuid4())}
        answer = self._post("/chat/", form)
        assert answer.status_code == 302, answer.text[:2000]
        return str(answer.headers["location"])

    def ask(self, conversation: str, text: str) -> str:
        """The next question, as a form without JavaScript; returns where it leads."""
        answer = self._post(f"{conversation}turns/", {"message": text, "submission": str(uuid4())})
        assert answer.status_code == 302, answer.text[:2000]
        return str(answer.headers["location"])

    @contextmanager
    def asking(self, conversation: str, text: str) -> Iterator[Iterator[Event]]:
        """The next question; its answer is the stream itself."""
        form = {"message": text, "submission": str(uuid4())}
        headers = {"Accept": "text/html, text/event-stream", "HX-Request": "true", **self._token()}
        with self.http.stream("POST", f"{conversation}turns/", data=form, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream"), answer.status_code
            yield events(answer)

    @contextmanager
    def listening(self, turn: str, last_id: str = "") -> Iterator[Iterator[Event]]:
        """The read-only stream that any other page uses."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
        with self.http.stream("GET", f"/chat/turns/{turn}/stream/", headers=headers) as answer:
            assert answer.status_code == 200, answer.status_code
            yield events(answer)

    def follow(self, turn: str, last_id: str = "", page: Page | None = None) -> Page:
        """Listen to the end."""
        page = page or Page(turn=turn)
        with self.listening(turn, last_id) as stream:
            for event in stream:
                page.take(event)
        return page

    def turns(self, conversation: str) -> list[str]:
        html = self.http.get(f"{conversation}turns/", params={"after": 0}).text
        return list(dict.fromkeys(re.findall(r'<article[^>]*id="turn-([0-9a-f-]{36})"', html)))

    def stop(self, turn: str) -> None:
        answer = self._post(f"/chat/turns/{turn}/stop/", {}, {"HX-Request": "true"})
        assert answer.status_code == 204

    def _post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
        return self.http.post(path, data=form, headers=self._token() | (headers or {}))

    def _token(self) -> dict[str, str]:
        return {"X-CSRFToken": self.http.cookies["console_csrf"]}


def events(answer: httpx.Response) -> Iterator[Event]:
    """Whole events; a cut connection ends them."""
    found: dict[str, list[str]] = {}
    try:
        for line in answer.iter_lines():
            name, _, value = line.partition(":")
            if line:
                found.setdefault(name, []).append(value.removeprefix(" "))
            elif "data" in found:
                yield Event("".join(found.get("id", [])), "".join(found.get("event", [])), "\n".join(found["data"]))
                found = {}
            else:
                found = {}
    except httpx.TransportError:
        return


def seed(stack: Stack) -> Person:
    """A team with a key and a project, and its owner at the door."""
    stack.seed(
        {
            "teams": [
                {
                    "name": "Team of Alice",
                    "members": [{"email": "alice@example.com", "password": PASSWORD, "role": "owner"}],
                    "keys": [{"name": "Chat", "purpose": "chat", "secret": SECRET}],
                    "projects": [{"name": "Launch", "purpose": "Words for the launch", "key": "chat"}],
                }
            ]
        }
    )
    person = Person(stack)
    ready = "/readyz"
    assert person.http.get(ready).status_code == 200
    eventually(lambda: MODEL in person.http.get("/models/").text, within_seconds=30)
    return person


def turns_ended(stack: Stack, within_seconds: float = 60.0) -> list[dict[str, Any]]:
    """Every turn of the console, once all have ended."""

    def look() -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = stack.state()["turns"]
        return turns if turns and all(turn["finished_at"] for turn in turns) else []

    return eventually(look, within_seconds, every_seconds=0.5)


def said_at_rivya(stack: Stack, session_id: str) -> list[str]:
    """The answers that Rivya's session holds."""
    url, headers = f"{stack.rivya_url}/api/v1/chat/sessions/{session_id}", {"Authorization": f"Bearer {SECRET}"}
    answer = httpx.get(url, headers=headers, timeout=10, trust_env=False)
    return [each["content"] for each in answer.json()["messages"] if each["role"] == "assistant"]


def exported(person: Person, conversation: str) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = person.http.get(f"{conversation}export.json").json()["turns"]
    return turns


def assert_each_paid_once(stack: Stack, turns: list[dict[str, Any]]) -> None:
    """One key a turn, the same bytes with every POST, one committed turn at Rivya, one settled charge here."""
    rivya = stack.sandbox_state()
    posts = {each["key"]: each for each in rivya["idempotency"] if "chat" in each["endpoint"]}
    ours = [each for each in rivya["turns"] if each["account"] == "demo"]
    committed = [each["idempotency_key"] for each in ours if each["state"] == "committed"]
    done = [turn["idempotency_key"] for turn in turns if turn["status"] == "done"]
    assert sorted(committed) == sorted(done)
    assert posts.keys() <= {turn["idempotency_key"] for turn in turns}
    assert all(each["bodies_identical"] for each in posts.values())
    (ledger,) = stack.state()["ledger"]
    assert ledger["held"] == 0
    assert ledger["lines"]["settle"] == len(done)

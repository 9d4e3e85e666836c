"""A pasted key appears nowhere after adding: not in a file, not in a log at DEBUG, not on a page, not in an export."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Error, Locator, Page, Response

from tests.journeys.conftest import OpenPage, sign_in
from tests.stack import Stack, copied, eventually

PASSWORD = "correct horse battery staple"
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
# Rivya's own side of the wire: the sandbox knows the keys it gave out.
RIVYA_SIDE = ("sandbox",)
PLACES = [
    *("/", "/keys/", "/keys/new/", "/projects/", "/jobs/", "/jobs/new/", "/models/", "/files/", "/usage/"),
    *("/people/", "/audit/", "/wallet/chip/", "/jobs/export.csv", "/healthz", "/readyz", "/keys/none/"),
    *("/admin/", "/admin/keys/key/", "/admin/keys/secret/", "/admin/keys/account/"),
    *("/admin/jobs/job/", "/admin/credits/entry/", "/admin/audit/auditevent/"),
]


class Heard:
    """Every answer with text that any page of the test got, whatever it asked for."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def hear(self, response: Response) -> None:
        kind = response.headers.get("content-type", "")
        is_redirect = 300 <= response.status < 400  # has no text
        if not is_redirect and re.match(r"text/(html|csv|plain)|application/json", kind):
            with suppress(Error):  # the page was left before this part of it had come
                self.texts[f"{len(self.texts)} {response.status} {response.url}"] = response.text()


@pytest.fixture(scope="module")
def hygienic(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A console that logs all it can, with Alice, who may also look into the admin site."""
    data, static = prepared
    with Stack(copied(data, tmp_path_factory.mktemp("hygiene") / "data"), static, {"LOG_LEVEL": "DEBUG"}) as running:
        alice = {"email": "alice@example.com", "password": PASSWORD, "role": "owner"}
        running.seed({"staff": [alice], "teams": [{"name": "Alice's team", "members": [alice]}]})
        yield running


def test_a_pasted_key_is_found_nowhere(hygienic: Stack, open_page: OpenPage, complaints: Heard) -> None:
    complaints.ignore(r"status of 4\d\d")  # type: ignore[attr-defined]
    first, second, refused = (f"rvya_sk_{uuid4().hex}{uuid4().hex}" for _ in range(3))
    hygienic.control("POST", "accounts", {"name": "hygiene", "credits": 500})
    for secret, state in ((first, "active"), (second, "active"), (refused, "revoked")):
        hygienic.control("POST", "keys", {"account": "hygiene", "key": secret, "state": state})
    heard, page = Heard(), open_page(hygienic)
    page.on("response", heard.hear)
    sign_in(page, "alice@example.com", PASSWORD)

    key = _add_in_every_wrong_way_and_then_the_right_one(page, hygienic, first, refused)
    job = _use(page, hygienic, key)
    _replace(page, key, second)
    _use(page, hygienic, key)
    _look_everywhere(page, heard, key, job)
    page.goto("about:blank")  # nothing listens when the console stops
    exported = hygienic.manage("export_state", "--json")
    hygienic.manage("rotate_keyset")
    everything = {path.name: path.read_bytes() for path in _files(hygienic.data)}
    for process in (hygienic.web, hygienic.worker):
        process.stop()
    everything |= {f"{path.name} at rest": path.read_bytes() for path in _files(hygienic.data)}

    assert {"web.log", "worker.log", "console.sqlite3", "console.sqlite3-wal", "tasks.sqlite3"} <= set(everything)
    assert b"/api/v1/generations" in everything["worker.log"], "the logs tell of the calls the key was used for"
    everything |= {name: text.encode() for name, text in heard.texts.items()} | {"export": exported.encode()}
    assert len(heard.texts) > 60
    assert any("A locked box" in text for text in heard.texts.values())
    assert b"A locked box" in everything["console.sqlite3 at rest"], "the haystack is the one that holds what was typed"
    traces = {name for secret in (first, second, refused) for name in _where(secret, everything)}
    assert traces == set()
    assert json.loads(exported)["jobs"]


def _add_in_every_wrong_way_and_then_the_right_one(page: Page, stack: Stack, secret: str, refused: str) -> str:
    _paste(page, refused)
    _paste(page, secret, purpose=secret)
    _paste(page, secret, purpose="two words")
    page.goto("/keys/new/")
    page.locator("form:has(input[name=secret]) input[name=csrfmiddlewaretoken]").evaluate("it => it.value = 'stale'")
    _fill(page, secret, "hygiene")
    for fault in (
        {"fault": "reset"},
        {"fault": "error", "code": "internal_error", "message": secret},
        {"fault": "html"},
    ):
        stack.control("POST", "faults", {"match": {"path": "/api/v1/credits", "key": secret}, **fault})
        _paste(page, secret)
    _paste(page, f'  "{secret}"\n')
    page.wait_for_url(re.compile(rf"/keys/{UUID}/$"))
    _paste(page, secret, purpose="again")
    page.goto("/keys/")
    link = page.locator(".key-card-link").get_attribute("href")
    assert link
    return link


def _paste(page: Page, secret: str, purpose: str = "hygiene") -> None:
    page.goto("/keys/new/")
    _fill(page, secret, purpose)


def _fill(page: Page, secret: str, purpose: str) -> None:
    page.locator("input[name=secret]").fill(secret)
    page.locator("input[name=purpose]").fill(purpose)
    _press(page, page.locator("form:has(input[name=secret]) button[type=submit]"))
    assert secret.strip(' "\n') not in page.content()


def _press(page: Page, button: Locator) -> None:
    """Until the next page is there. Late parts count as navigations too: htmx writes into the history."""
    with page.expect_event("load"):
        button.click()


def _use(page: Page, stack: Stack, key: str) -> str:
    """Send a job with the key, through the pages, and see it through to its end."""
    page.goto("/projects/")
    if not page.get_by_text("Clean hands").count():
        page.goto("/projects/new/")
        page.locator("input[name=name]").fill("Clean hands")
        page.locator("textarea[name=purpose]").fill("To show that a key stays where it is")
        page.locator("select[name=key]").select_option(key.strip("/").split("/")[-1])
        _press(page, page.locator("form:has(select[name=key]) button[type=submit]"))
    eventually(lambda: "z-image" in page.request.get("/models/").text(), within_seconds=30)
    before = {job["id"] for job in stack.state()["jobs"]}
    page.goto("/jobs/new/?model=z-image")
    page.locator("textarea[name=prompt]").fill("A locked box [instant]")
    _press(page, page.get_by_role("button", name=re.compile("^Generate")).first)

    def finished() -> list[str]:
        jobs = [job for job in stack.state()["jobs"] if job["id"] not in before]
        return [job["id"] for job in jobs if job["status"] == "succeeded" and job["results_collected"]]

    return f"/jobs/{eventually(finished, within_seconds=40, every_seconds=0.5)[0]}/"


def _replace(page: Page, key: str, secret: str) -> None:
    page.goto(f"{key}replacement/")
    page.locator("input[name=secret]").fill(secret)
    _press(page, page.locator("form:has(input[name=secret]) button[type=submit]"))
    page.goto(key)
    _press(page, page.get_by_role("button", name="Check now"))


def _look_everywhere(page: Page, heard: Heard, key: str, job: str) -> None:
    """Every page that can be reached from the places, one step deep, and the job's evidence."""
    places = [*PLACES, key, f"{key}card/", f"{key}replacement/", f"{key}retirement/", f"{key}projects/", f"{key}jobs/"]
    places += [job, *(f"{job}{part}/" for part in ("timeline", "bundle", "code", "face", "card", "row"))]
    for place in places:
        answer = page.request.get(place)
        heard.texts[f"{answer.status} {place}"] = answer.text()
    found = {path for text in list(heard.texts.values()) for path in re.findall(r'href="(/[^"#?]+)', text)}
    for path in sorted(found - set(places)):
        if "logout" not in path and "download" not in path:
            answer = page.request.get(path)
            if "text/html" in answer.headers.get("content-type", ""):
                heard.texts[f"{answer.status} {path}"] = answer.text()


def _files(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file() and not path.name.startswith(RIVYA_SIDE)]


def _where(secret: str, everything: dict[str, bytes]) -> Iterator[str]:
    """Names of what holds the secret or the heart of it, as text, in hexadecimal or in base64 at any offset."""
    heart = secret.removeprefix("rvya_sk_")[8:-8].encode()
    shapes = [heart, heart.hex().encode(), *(base64.b64encode(b"x" * pad + heart)[4:-4] for pad in range(3))]
    for name, content in everything.items():
        if any(shape in content for shape in shapes):
            yield name

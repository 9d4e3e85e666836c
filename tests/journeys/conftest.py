"""Fixtures of the journeys: the running console, and Chromium pages that fail the test when anything goes wrong."""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests.stack import ROOT, Stack, copied, prepare

CHROMIUM = os.environ.get("TEST_CHROMIUM") or shutil.which("chromium")
# No name but the loopback address resolves, so a page that asks for a foreign host gets nothing, and fails the test.
WALL = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FLAGS = ["--no-sandbox", "--disable-gpu", *QUIET, WALL]
RESULTS = ROOT / "test-results"
ACTION_MILLISECONDS = 15_000
expect.set_options(timeout=ACTION_MILLISECONDS)
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        item.add_marker("journey")
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if not CHROMIUM and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing journey comes with the last words of every process and a picture of every page."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for value in item.funcargs.values():
            if isinstance(value, Stack):
                report.sections.append(("the console's logs", value.logs()))
            if isinstance(value, Page):
                report.sections.append(("pictures", "\n".join(_pictures(item.name, value.context))))
    return report


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data directory and static files as `dev.py run` would make them; never run in, only copied."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder / "data", folder / "static")
    return folder / "data", folder / "static"


@pytest.fixture(scope="module")
def stack(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running console, shared by the tests of one module."""
    data, static = prepared
    with Stack(copied(data, tmp_path_factory.mktemp("stack") / "data"), static) as running:
        yield running


@pytest.fixture
def fresh_stack(prepared: tuple[Path, Path], tmp_path: Path) -> Iterator[Stack]:
    """A running console for one test alone: for those that count everything, or kill things."""
    data, static = prepared
    with Stack(copied(data, tmp_path / "data"), static) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser per module: Playwright's loop must be gone before another module's async tests."""
    assert CHROMIUM, "CI=true allows no skip of browser tests, and there is no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the pages of a test complained about. A test that expects one says so with `ignore`."""

    heard: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def ignore(self, pattern: str) -> None:
        """From now to the end of the test, complaints matching this pattern are expected."""
        self.ignored.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.heard if not any(re.search(pattern, text) for pattern in self.ignored)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test at its end on any console error, page error or request to a foreign host."""
    complaints = Complaints()
    yield complaints
    assert not complaints.unexpected, "\n".join(complaints.unexpected)


@pytest.fixture
def open_page(chromium: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """`open_page(stack, **context_options)`: a page of a new visitor (own cookies), watched like every tab it opens."""
    contexts: list[BrowserContext] = []

    def open_one(stack: Stack, **options: object) -> Page:
        address = str(options.pop("base_url", stack.base_url))
        context = chromium.new_context(base_url=address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(ACTION_MILLISECONDS)
        watch(context, urlsplit(address).netloc, complaints)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(stack: Stack, open_page: OpenPage) -> Page:
    """A watched page on the module's console, not signed in."""
    return open_page(stack)


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in through the form, as a person does."""
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=login]) button[type=submit]").click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def watch(context: BrowserContext, own_host: str, complaints: Complaints) -> None:
    """From now on, hear what the context's pages complain of, and whom else than the console they ask."""

    def hear_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def hear_request(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.netloc != own_host:
            complaints.heard.append(f"foreign host: {request.url}")

    context.on("console", hear_console)
    context.on("weberror", lambda error: complaints.heard.append(f"page error: {error.error}"))
    context.on("request", hear_request)


def _pictures(name: str, context: BrowserContext) -> Iterator[str]:
    RESULTS.mkdir(exist_ok=True)
    for number, page in enumerate(context.pages):
        path = RESULTS / f"{re.sub(r'[^a-z0-9_]+', '-', name)}-{number}.png"
        try:
            page.screenshot(path=path, timeout=5_000)
        except Error as error:
            yield f"no picture of {page.url}: {error.message}"
        else:
            yield f"{path.relative_to(ROOT)}: {page.url}"

"""Axe finds nothing serious on any page: every address that there is, in every state, by day and by night."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser

from tests.journeys.addresses import ROUTES, SCHEMES, Ids, Visit, visits
from tests.journeys.looking import Glass, glass
from tests.stack import Stack, copied

OPEN = {"CONSOLE_SIGNUP": "open"}
BY_INVITATION = {"CONSOLE_SIGNUP": "invitation"}
# An identity server that nobody asks anything: its name and its buttons are on the pages.
IDENTITY = {"NAME": "Test identity", "ISSUER": "http://127.0.0.1:9", "CLIENT_ID": "console", "CLIENT_SECRET": "x"}
SETTINGS = OPEN | {f"CONSOLE_OIDC_{name}": value for name, value in IDENTITY.items()}
# Answers that are no page of the address itself: the pages of errors have their own test.
ERRORS = (403, 404, 405)
# Addresses at which nobody finds anything, and why.
EMPTY = {
    "metrics": "behind a token, which is not set",
    "admin:view_on_site": "no row of the admin site has an address elsewhere",
}


@dataclass
class Console:
    """A running console with one of everything in it, and the two tabs that look at it."""

    stack: Stack
    ids: Ids
    cookies: dict[str, dict[str, str]]
    asking: httpx.Client
    tabs: list[Glass]

    def ask(self, visit: Visit) -> tuple[int, bool]:
        """The status, and whether the answer is a whole page: no fragment, file, stream or redirect.

        A page that only gives itself a query is that page.
        """
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies[visit.who].items())
        with self.asking.stream("GET", visit.path, headers={"Cookie": cookies}) as answer:
            onward = answer.headers.get("Location", "")
            if onward.startswith(f"{visit.path}?"):
                return self.ask(replace(visit, path=onward))
            is_html = answer.headers.get("Content-Type", "").startswith("text/html")
            return answer.status_code, is_html and "<html" in answer.read().decode()

    def look(self, visit: Visit) -> list[str]:
        """What is wrong with the page, in each of the visit's schemes."""
        tabs = [tab for tab in self.tabs if tab.scheme in visit.schemes]
        for tab in tabs:
            tab.open(visit, self.cookies[visit.who])
        for tab in tabs:
            tab.judge()
        return [wrong for tab in tabs for wrong in tab.wrong(visit)]


@pytest.fixture(scope="module")
def console(
    prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Console]:
    """Without a worker: what runs goes on running, and every state stays as long as it is looked at."""
    data, static = prepared
    stack = Stack(copied(data, tmp_path_factory.mktemp("stack") / "data"), static, SETTINGS)
    try:
        stack.sandbox.start()
        fill = "from tests.journeys.everything import tell; tell()"
        told = json.loads(stack.manage("shell", "--no-imports", "-c", fill))
        stack.web.start()
        tabs = [glass(chromium, scheme, stack.base_url) for scheme in SCHEMES]
        with httpx.Client(
            base_url=stack.base_url, trust_env=False, timeout=20, headers={"Accept": "text/html,*/*"}
        ) as asking:
            yield Console(stack, told["ids"], told["cookies"], asking, tabs)
    finally:
        stack.stop()


@pytest.mark.parametrize("name", ROUTES)
def test_every_page_can_be_used_by_everybody(console: Console, name: str) -> None:
    wrong, statuses = [], set()
    for visit in visits(name, console.ids):
        status, is_page = console.ask(visit)
        statuses.add(status)
        if is_page and status not in ERRORS:
            wrong += console.look(visit)
    assert not wrong, "\n".join(wrong)
    assert max(statuses) < 500 or name == "readyz", f"{statuses}"
    assert statuses != {404} or name in EMPTY, "nothing is there: say in addresses.py what stands in the address"


PAGES_OF_ERRORS = [
    Visit("404 in the console", "owner", "/projects/nowhere/"),
    Visit("404 of an object", "owner", "/jobs/00000000-0000-0000-0000-000000000000/"),
    Visit("404 outside", "nobody", "/nowhere/"),
    Visit("404 in the admin site", "staff", "/admin/nowhere/"),
    Visit("403 in the console", "viewer", "/keys/new/"),
    Visit("403 in the admin site", "staff", "/admin/teams/user/add/"),
    Visit("404 of a dead invitation", "nobody", "/join/dead/"),
    Visit("405 in the console", "owner", "/teams/none/team/"),
]
# A state that this version does not know; and a table that is gone.
BROKEN = [
    (
        500,
        "UPDATE jobs_job SET status = 'strange' WHERE id = '{job}'",
        "UPDATE jobs_job SET status = 'unsent' WHERE id = '{job}'",
    ),
    (503, "ALTER TABLE jobs_job RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO jobs_job"),
]


@pytest.mark.parametrize("visit", PAGES_OF_ERRORS, ids=lambda visit: visit.name)
def test_pages_of_errors_as_well(console: Console, visit: Visit) -> None:
    status, is_page = console.ask(visit)
    assert (status, is_page) == (int(visit.name[:3]), True)
    assert not (wrong := console.look(visit)), "\n".join(wrong)


SENT_EMPTY = [
    *(Visit("sent empty", "owner", path) for path in ("/keys/new/", "/projects/new/", "/webhooks/new/", "/team/")),
    *(Visit("sent empty", "owner", path) for path in ("/people/invitations/", "/account/password/change/")),
    *(Visit("sent empty", "nobody", path) for path in ("/account/login/", "/account/signup/")),
]


@pytest.mark.parametrize("visit", SENT_EMPTY, ids=lambda visit: visit.path)
def test_a_form_that_was_filled_in_wrong_can_be_mended_by_everybody(console: Console, visit: Visit) -> None:
    for tab in console.tabs:
        tab.open(visit, console.cookies[visit.who])
        tab.send_empty()
        tab.judge()
    assert not (wrong := [text for tab in console.tabs for text in tab.wrong(visit)]), "\n".join(wrong)


@pytest.mark.parametrize(("status", "damage", "mending"), BROKEN)
def test_pages_that_stand_alone_when_the_console_is_broken(
    console: Console, status: int, damage: str, mending: str
) -> None:
    job = next(iter(console.ids["job"].values()))
    visit = Visit(f"{status} of a broken database", "owner", f"/jobs/{job}/")
    with database(console.stack) as rows:
        rows.execute(damage.format(job=UUID(job).hex))
    try:
        assert console.ask(visit) == (status, True)
        wrong = console.look(visit)
    finally:
        with database(console.stack) as rows:
            rows.execute(mending.format(job=UUID(job).hex))
    assert not wrong, "\n".join(wrong)


@contextmanager
def database(stack: Stack) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(stack.data / "console.sqlite3", timeout=20)) as rows, rows:
        yield rows


def test_sign_up_is_shut_where_accounts_come_by_invitation(console: Console) -> None:
    console.stack.web.restart(BY_INVITATION)
    try:
        wrong = [
            text for who in ("nobody", "invited") for text in console.look(Visit("sign-up", who, "/account/signup/"))
        ]
    finally:
        console.stack.web.restart(OPEN)
    assert not wrong, "\n".join(wrong)

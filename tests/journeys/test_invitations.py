"""From an invitation to a page of the team: through the mail, with a browser that nobody is signed in with."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Complaints, OpenPage, sign_in
from tests.journeys.people import PASSWORD
from tests.stack import Stack, copied, eventually

OWNER, DANA = "alice@example.com", "dana@example.com"


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the console puts its mails."""
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def stack(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, mails: Path) -> Iterator[Stack]:
    data, static = prepared
    settings = {"EMAIL_URL": f"filemail:///{mails}"}
    with Stack(copied(data, tmp_path_factory.mktemp("stack") / "data"), static, settings) as running:
        yield running


@pytest.fixture
def owner(stack: Stack, open_page: OpenPage) -> Page:
    """Alice, with two projects, on the page of her people."""
    projects = [{"name": name, "purpose": "Pictures of it."} for name in ("Spring launch", "Secret plans")]
    members = [{"email": OWNER, "name": "Alice Moreau", "password": PASSWORD, "role": "owner"}]
    members += [{"email": "rob@example.com", "name": "Rob", "password": PASSWORD, "role": "member"}]
    stack.seed({"teams": [{"name": "Studio Nord", "members": members, "projects": projects}]})
    page = open_page(stack)
    sign_in(page, OWNER, PASSWORD)
    page.goto("/people/")
    return page


def link_to(mails: Path, address: str) -> str:
    """The path of the link in the newest mail to this address."""

    def look() -> str:
        found = ""
        for path in sorted(mails.iterdir(), key=lambda each: each.stat().st_mtime):
            for raw in re.split(rb"\n-{70,}\n", path.read_bytes()):
                message = message_from_bytes(raw.strip(), policy=policy.default)
                if message["To"] == address and (link := re.search(r"/join/[\w-]+/", message.get_content())):
                    found = link.group()
        return found

    return eventually(look)


def test_a_newcomer_comes_in_by_the_link_of_a_mail(
    owner: Page, stack: Stack, open_page: OpenPage, mails: Path, complaints: Complaints
) -> None:
    owner.get_by_role("link", name="Invite people").click()
    owner.get_by_label("Email addresses").fill(DANA)
    owner.get_by_role("radio", name="Member").check()
    owner.get_by_role("checkbox", name="Spring launch").check()
    owner.get_by_role("button", name="Send invitations").click()
    expect(owner.get_by_role("heading", name="1 open invitation")).to_be_visible()
    link = link_to(mails, DANA)

    dana = open_page(stack)
    dana.goto(link)
    expect(dana.get_by_role("heading", name="Join Studio Nord")).to_be_visible()
    assert dana.url.endswith("/join/"), "the address bar forgets the link"
    expect(dana.get_by_role("main")).to_contain_text("Alice Moreau invites you")
    expect(dana.get_by_role("main")).to_contain_text("Spring launch")
    dana.get_by_role("link", name="Make your account").click()
    dana.get_by_label("Your name").fill("Dana Miller")
    expect(dana.get_by_label("Email")).to_have_value(DANA)
    dana.get_by_label("Password").fill(PASSWORD)
    dana.get_by_role("button", name="Make the account").click()
    dana.get_by_role("button", name="Join the team").click()
    dana.wait_for_url(f"{stack.base_url}/")
    dana.goto("/projects/")
    expect(dana.get_by_role("link", name="Spring launch").first).to_be_visible()
    expect(dana.get_by_text("Secret plans")).to_have_count(0)

    complaints.ignore("404")
    late = open_page(stack)
    late.goto(link)
    expect(late.get_by_role("heading", name="This link does not work")).to_be_visible()
    owner.reload()
    role = owner.get_by_label("Role of Dana Miller")
    expect(role).to_have_value("member")
    change = owner.get_by_role("row", name="Dana Miller").get_by_role("button", name="Change")
    expect(change).to_have_count(0)
    role.select_option("viewer")
    change.click()
    expect(owner.get_by_role("status").filter(has_text="Dana Miller is now viewer")).to_be_visible()
    expect(owner.get_by_label("Role of Dana Miller")).to_have_value("viewer")


@pytest.mark.parametrize("act", ["Suspend", "Remove"])
def test_the_stream_of_whoever_is_out_ends_within_thirty_seconds(
    owner: Page, stack: Stack, open_page: OpenPage, complaints: Complaints, act: str
) -> None:
    """Measured by the request itself: an open stream that ends, and one that is asked for anew and refused."""
    complaints.ignore("401|404|live")
    address = f"{act.lower()}@example.com"
    member = {"email": address, "name": f"{act} Me", "password": PASSWORD, "role": "member"}
    stack.seed({"teams": [{"name": "Studio Nord", "members": [member]}]})
    theirs = open_page(stack)
    streams: list[int] = []
    theirs.on("requestfinished", lambda request: streams.append(1) if "/live/" in request.url else None)
    theirs.on("requestfailed", lambda request: streams.append(0) if "/live/" in request.url else None)
    refused: list[int] = []
    theirs.on("response", lambda answer: refused.append(answer.status) if "/live/" in answer.url else None)
    sign_in(theirs, address, PASSWORD)
    theirs.goto("/people/")
    expect(theirs.locator("html")).to_have_attribute("data-live", "on")
    assert refused[-1] == 200, "the stream is open"
    before = len(streams)

    owner.reload()
    row = owner.get_by_role("row").filter(has_text=address)
    row.get_by_role("button", name="Manage").click()
    if act == "Remove":
        row.get_by_role("link", name="Remove", exact=True).click()
        owner.get_by_role("button", name="Remove from the team").click()
    else:
        row.get_by_role("button", name=act, exact=True).click()
    expect(owner.get_by_role("status").filter(has_text=f"{act} Me")).to_be_visible()

    ended_within = 0
    while len(streams) == before and ended_within < 30:
        theirs.wait_for_timeout(1_000)
        ended_within += 1
    assert ended_within < 30, "the stream goes on"
    theirs.wait_for_url("**/account/login/**")
    assert refused[-1] == 401, "signed out as well, so it is not opened again"


def test_a_page_with_something_half_written_stays_when_its_reader_is_signed_out(
    stack: Stack, open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.ignore("401|live")
    member = {"email": "half@example.com", "name": "Half", "password": PASSWORD, "role": "member"}
    stack.seed({"teams": [{"name": "Studio Half", "members": [member]}]})
    page = open_page(stack)
    sign_in(page, "half@example.com", PASSWORD)
    page.goto("/account/")
    page.locator("input[name=name]").fill("Half written")
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if "/live/" in answer.url else None)
    elsewhere = page.context.new_page()
    elsewhere.goto("/account/logout/")
    elsewhere.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Copy what you have written")).to_be_visible(timeout=60_000)
    expect(page.locator("input[name=name]")).to_have_value("Half written")
    page.wait_for_timeout(3_000)
    assert asked.count(401) == 1, "not asked for again"

"""The doors in a real browser: passkey, app, recovery code, a mail's link, the organisation's identity server."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Complaints, OpenPage, sign_in
from tests.journeys.identity import Identity, identity_server
from tests.journeys.people import PASSWORD, expect_drawn, make_team
from tests.stack import Stack, copied


@pytest.fixture(scope="module")
def identity() -> Iterator[Identity]:
    with identity_server() as server:
        yield server


@pytest.fixture(scope="module")
def stack(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Iterator[Stack]:
    """A console that knows the identity server, and whose mails are files."""
    data, static = prepared
    mails = tmp_path_factory.mktemp("mails")
    settings = identity.settings() | {"EMAIL_URL": f"filemail:///{mails}"}
    with Stack(copied(data, tmp_path_factory.mktemp("stack") / "data"), static, settings) as running:
        yield running


@pytest.fixture(autouse=True)
def expected(identity: Identity, complaints: Complaints) -> None:
    """Here a page may lead to another host: to that of the identity server."""
    complaints.ignore(re.escape(f"foreign host: {identity.url}/authorize"))


@pytest.fixture
def named(stack: Stack, open_page: OpenPage) -> Page:
    """A page that calls the console localhost: a passkey belongs to a name, and 127.0.0.1 is none."""
    return open_page(stack, base_url=f"http://localhost:{urlsplit(stack.base_url).port}")


def code_of(secret: str) -> str:
    key, counter = base64.b32decode(secret), int(time.time()) // 30
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    value = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06}"


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


def give_device(page: Page) -> Any:
    """A device that keeps passkeys and whose owner always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def test_a_passkey_signs_in_without_a_password(stack: Stack, named: Page) -> None:
    email = make_team(stack)
    give_device(named)
    sign_in(named, email, PASSWORD)
    named.goto("/account/")
    named.get_by_role("link", name="Add: Passkey").click()
    named.wait_for_url("**/webauthn/add/")
    named.get_by_label("Name").fill("Laptop")
    named.get_by_role("button", name="Make the passkey").click()
    expect(named.get_by_role("heading", name="Recovery codes", exact=True)).to_be_visible()
    named.goto("/account/")
    expect(named.get_by_text("Laptop")).to_be_visible()
    named.goto("/audit/")
    expect(named.get_by_text("Second step added").and_(named.locator(":not(option)")).first).to_be_visible()
    sign_out(named)
    named.get_by_role("button", name="Sign in with a passkey").click()
    expect(named.get_by_role("link", name="Home").first).to_be_visible()


def test_a_passkey_is_a_second_step_and_a_proof(stack: Stack, named: Page) -> None:
    email = make_team(stack)
    give_device(named)
    sign_in(named, email, PASSWORD)
    named.goto("/account/second-steps/webauthn/add/")
    named.get_by_role("button", name="Make the passkey").click()
    expect(named.get_by_role("heading", name="Recovery codes", exact=True)).to_be_visible()
    sign_out(named)
    sign_in(named, email, PASSWORD)
    expect(named.get_by_role("heading", name="One more step")).to_be_visible()
    named.get_by_role("button", name="Use a passkey").click()
    expect(named.get_by_role("link", name="Home").first).to_be_visible()
    named.goto("/account/second-steps/webauthn/reauthenticate/?next=/people/")
    named.get_by_role("button", name="Use a passkey").click()
    named.wait_for_url("**/people/")


def test_a_passkey_on_a_bare_number_says_what_to_do(stack: Stack, page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("open the console as localhost")).to_be_visible()


def test_an_app_and_its_recovery_codes(stack: Stack, page: Page) -> None:
    email = make_team(stack)
    sign_in(page, email, PASSWORD)
    page.goto("/account/")
    page.get_by_role("link", name="Set up: Authenticator app").click()
    expect_drawn(page.locator("img.qr"))
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code of the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#codes li")).to_have_count(10)
    codes = page.locator("#codes li").all_inner_texts()
    sign_out(page)
    sign_in(page, email, PASSWORD)
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Home").first).to_be_visible()
    for expected in ("Home", "Incorrect code"):
        sign_out(page)
        sign_in(page, email, PASSWORD)
        page.get_by_label("Code").fill(codes[0])
        page.get_by_role("button", name="Sign in", exact=True).click()
        if expected == "Home":
            expect(page.get_by_role("link", name="Home").first).to_be_visible()
    expect(page.get_by_text("Incorrect code")).to_be_visible()


def test_the_link_of_a_mail_sets_a_new_password(stack: Stack, page: Page) -> None:
    email = make_team(stack)
    page.goto("/account/password/reset/")
    page.locator("input[name=email]").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    folder = Path(stack.environment["EMAIL_URL"].removeprefix("filemail:///"))
    mail = next(path.read_text() for path in folder.iterdir() if email in path.read_text())
    link = re.search(r"http://\S+/account/password/reset/key/\S+", mail)
    assert link
    page.goto(urlsplit(link.group()).path)
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill("a quite different horse")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("link", name="Home").first).to_be_visible()
    sign_out(page)
    sign_in(page, email, "a quite different horse")
    page.goto(urlsplit(link.group()).path)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()


def enter_by_identity(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with Test identity").click()


def test_the_identity_server_signs_in_whom_it_is_connected_to(stack: Stack, identity: Identity, page: Page) -> None:
    email = make_team(stack)
    identity.claims = {"sub": f"id of {email}", "email": email, "email_verified": True, "name": "Alice Moreau"}
    sign_in(page, email, PASSWORD)
    page.goto("/account/connections/")
    page.get_by_role("button", name="Connect Test identity").click()
    expect(page.get_by_text("Connected").first).to_be_visible()
    sign_out(page)
    enter_by_identity(page)
    expect(page.get_by_role("link", name="Home").first).to_be_visible()
    assert identity.asked[-1]["code_challenge_method"] == "S256"
    sign_out(page)
    sign_in(page, email, PASSWORD)  # the password still works
    expect(page.get_by_role("link", name="Home").first).to_be_visible()


def test_an_address_that_the_identity_server_has_not_confirmed_links_nothing(
    stack: Stack, identity: Identity, page: Page
) -> None:
    email = make_team(stack)
    identity.claims = {"sub": f"mallory {email}", "email": email, "email_verified": False}
    enter_by_identity(page)
    expect(page.get_by_text("There is an account with your address")).to_be_visible()
    sign_in(page, email, PASSWORD)
    page.goto("/account/")
    expect(page.get_by_text("Not connected to your account.")).to_be_visible()


def test_an_address_confirmed_on_both_sides_signs_its_person_in(stack: Stack, identity: Identity, page: Page) -> None:
    email = make_team(stack)
    identity.claims = {"sub": f"employee {email}", "email": email, "email_verified": True}
    enter_by_identity(page)
    expect(page.get_by_role("link", name="Home").first).to_be_visible()
    sign_out(page)
    sign_in(page, email, PASSWORD)  # the password still works
    expect(page.get_by_role("link", name="Home").first).to_be_visible()


def test_a_stranger_of_the_identity_server_follows_the_rule_of_sign_up(
    stack: Stack, identity: Identity, page: Page
) -> None:
    identity.claims = {"sub": "nobody", "email": "nobody@example.com", "email_verified": True}
    enter_by_identity(page)
    expect(page.get_by_role("heading", name="Accounts come by invitation")).to_be_visible()

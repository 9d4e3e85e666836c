"""The frame of every page in a real browser: where the policy, the styles and the scripts meet."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, sign_in
from tests.stack import Stack

PASSWORD = "correct horse battery staple"
PLACES = ("/keys/", "/people/", "/projects/", "/usage/", "/audit/", "/account/email/", "/account/password/change/")
AXE = {"preload": False}  # its own reading of style sheets would ask for them at the wrong address
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def settled(stack: Stack) -> Stack:
    """A console with Alice in it."""
    alice = {"email": "alice@example.com", "password": PASSWORD, "role": "owner"}
    stack.seed({"teams": [{"name": "Team of Alice", "members": [alice]}, {"name": "Second team", "members": [alice]}]})
    return stack


@pytest.fixture
def desk(settled: Stack, open_page: OpenPage) -> Page:
    page = open_page(settled, viewport=SIZES["desk"])
    sign_in(page, "alice@example.com", PASSWORD)
    page.goto("/people/")
    return page


def test_the_palette_leads_anywhere_by_keyboard_alone(desk: Page) -> None:
    desk.keyboard.press("Control+k")
    palette = desk.get_by_role("dialog", name="Search and commands")
    expect(palette.get_by_role("combobox")).to_be_focused()
    desk.keyboard.type("proj")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("roject")
    desk.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    desk.keyboard.press("Control+k")
    desk.keyboard.type("usage")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/usage/")


def test_the_theme_and_the_narrow_sidebar_are_remembered(desk: Page) -> None:
    desk.locator(".person-menu summary").click()
    desk.get_by_role("button", name="Dark").click()
    desk.keyboard.press("Control+b")
    desk.reload()
    root = desk.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-sidebar", "narrow")
    desk.locator(".person-menu summary").click()
    expect(desk.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_a_menu_opens_and_closes_by_keyboard_and_gives_the_focus_back(desk: Page) -> None:
    menu = desk.locator(".side .team-switcher")
    menu.locator("summary").focus()
    desk.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Second team")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()


def test_switching_the_team_is_one_press(desk: Page) -> None:
    desk.locator(".side .team-switcher summary").click()
    desk.locator(".side").get_by_role("button", name="Second team").click()
    expect(desk.locator(".side .team-name")).to_contain_text("Second team")


def test_the_first_tab_stop_leads_past_the_frame(desk: Page) -> None:
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#content")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_scrolls_sideways_or_fails_the_accessibility_check(
    settled: Stack, open_page: OpenPage, size: str, scheme: str
) -> None:
    page = open_page(settled, viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")
    sign_in(page, "alice@example.com", PASSWORD)
    found = {}
    for place in PLACES:
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        found[place] = [(v["id"], v["nodes"][0]["target"]) for v in Axe().run(page, options=AXE).response["violations"]]
    assert {place: violations for place, violations in found.items() if violations} == {}


def test_the_phone_reaches_every_place_through_its_bottom_bar(settled: Stack, open_page: OpenPage) -> None:
    page = open_page(settled, viewport=SIZES["phone"], has_touch=True, is_mobile=True)
    sign_in(page, "alice@example.com", PASSWORD)
    page.goto("/people/")
    page.get_by_role("button", name="More").click()
    page.get_by_role("dialog", name="More").get_by_role("link", name="Keys").click()
    page.wait_for_url("**/keys/")


def test_signing_in_and_out_works_without_scripts(settled: Stack, open_page: OpenPage) -> None:
    page = open_page(settled, java_script_enabled=False)
    sign_in(page, "alice@example.com", PASSWORD)
    page.goto("/people/")
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")

"""Every open page tells the same story at the same time, whenever it was opened."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.stack import Stack, eventually

PROMISED_SECONDS = 2
MARK = "window.neverReloaded = true"


@pytest.fixture
def wallet(stack: Stack) -> people.Wallet:
    return people.make_wallet(stack)


@pytest.fixture
def alice(stack: Stack, wallet: people.Wallet, open_page: OpenPage) -> Page:
    return people.come_in(open_page(stack), people.make_team(stack, wallet))


def test_every_tab_shows_a_change_at_once_also_one_opened_late_or_reloaded(
    stack: Stack, wallet: people.Wallet, alice: Page
) -> None:
    people.begin(alice, "z-image", "A tram in the fog [hang]")
    job = people.generate(alice)
    early = opened(alice, job)
    for tab in (alice, early):
        people.expect_state(tab, "Processing")
    late = opened(alice, job)
    people.expect_state(late, "Processing", PROMISED_SECONDS)
    early.reload()
    people.expect_state(early, "Processing", PROMISED_SECONDS)
    for tab in (alice, early, late):
        tab.evaluate(MARK)
        live(tab)

    people.let_it_finish(stack, wallet)
    eventually(lambda: "Succeeded" in alice.request.get(f"{job}row/").text())
    for tab in (alice, early, late):
        people.expect_state(tab, "Succeeded", PROMISED_SECONDS)
        people.expect_drawn(tab.locator("img[data-viewer-media]"))
        assert tab.evaluate("window.neverReloaded")


def test_a_page_names_its_team_in_all_that_it_asks_for(alice: Page) -> None:
    with (
        alice.expect_request(re.compile("/live/")) as stream,
        alice.expect_request(re.compile("/notices/bell/")) as bell,
    ):
        alice.goto("/people/")
    team = alice.locator("body").get_attribute("data-team")
    assert team
    assert [each.value.headers.get("x-team") for each in (stream, bell)] == [team, team]


def test_a_gallery_offers_what_is_new_and_moves_nothing(stack: Stack, alice: Page) -> None:
    seen = people.make(alice, "z-image", "The first of two [instant]")
    gallery = opened(alice, "/jobs/?view=gallery")
    live(gallery)
    card = gallery.locator(f"#job-{people.job_id(seen)}")
    people.expect_drawn(card.locator("img"))
    place = card.bounding_box()

    added = people.make(alice, "z-image", "The second of two [instant]")
    offer = gallery.get_by_role("link", name="1 new")
    expect(offer).to_be_visible()
    assert card.bounding_box() == place
    expect(gallery.locator(f"#job-{people.job_id(added)}")).to_have_count(0)
    offer.click()
    people.expect_drawn(gallery.locator(f"#job-{people.job_id(added)} img"))


def test_a_card_in_the_gallery_becomes_its_picture(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, "z-image", "A tram in the snow [hang]")
    job = people.generate(alice)
    people.expect_state(alice, "Processing")
    gallery = opened(alice, "/jobs/?view=gallery")
    card = gallery.locator(f"#job-{people.job_id(job)}")
    expect(card).to_contain_text("Processing")
    live(gallery)
    people.let_it_finish(stack, wallet)
    people.expect_drawn(card.locator("img"))


def test_what_somebody_looks_at_stays_while_more_results_come_home(stack: Stack, alice: Page) -> None:
    late = {"match": {"path": "/media/*"}, "fault": "slow", "seconds": 12, "skip": 2, "times": 2}
    stack.control("POST", "faults", late)
    people.begin(alice, "seedream-4-0", "Four doors [many] [instant]")
    people.generate(alice)
    here = alice.locator("[data-filmstrip-item][href^='/results/']")
    expect(here).to_have_count(2, timeout=20_000)
    second = here.nth(1).evaluate("item => item.href")
    here.nth(1).click()
    people.expect_collected(alice, 4)
    expect(alice.locator("[data-filmstrip-item][aria-current]")).to_have_js_property("href", second)
    expect(alice.locator("img[data-viewer-media]")).to_have_js_property("src", second)
    expect(alice.locator("[data-viewer-download]")).to_have_js_property("href", f"{second}download/")


def test_a_change_told_while_a_list_is_on_its_way_is_not_lost(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, "z-image", "A tram in the rain [hang]")
    job = people.generate(alice)
    people.expect_state(alice, "Processing")
    alice.goto("/jobs/?view=gallery")
    live(alice)

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        people.let_it_finish(stack, wallet)
        eventually(lambda: "<img" in alice.request.get(f"{job}card/").text())
        eventually(lambda: alice.evaluate("window.toldOfAll ?? 0") >= 2)
        route.fulfill(response=answer)

    count_told(alice, job)
    alice.route(re.compile("kind=image"), answer_late, times=1)
    alice.get_by_label("Kind").select_option("image")
    people.expect_drawn(alice.locator(f"#job-{people.job_id(job)} img"))


def opened(page: Page, address: str) -> Page:
    """Another tab of the same person."""
    tab = page.context.new_page()
    tab.goto(address)
    return tab


def live(tab: Page) -> None:
    """Wait until the tab listens."""
    expect(tab.locator("html")).to_have_attribute("data-live", "on")


def count_told(page: Page, job: str) -> None:
    """Count the live events of a job that reach the page."""
    told = "name => document.body.addEventListener(name, () => (window.toldOfAll = (window.toldOfAll ?? 0) + 1))"
    page.evaluate(told, f"job-{people.job_id(job)}")

"""The conversation's page in a real browser: live, in several tabs, reloaded, cut off, and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.journeys.chatting import PASSWORD, Person, exported, said_at_rivya, seed
from tests.journeys.conftest import OpenPage, sign_in
from tests.stack import Stack

PHONE = {"width": 390, "height": 844}
DONE = "article[data-status=done]"


def long_text(paragraphs: int) -> str:
    return "\n\n".join(f"Paragraph {number} with **bold** words and `code` in it." for number in range(paragraphs))


SLOW = long_text(40)


@pytest.fixture(scope="module")
def alice(stack: Stack) -> Person:
    return seed(stack)


@pytest.fixture
def page(alice: Person, stack: Stack, open_page: OpenPage) -> Page:
    stack.control("PUT", "clock", {"speed": 1})
    page = open_page(stack)
    sign_in(page, "alice@example.com", PASSWORD)
    return page


def ask(page: Page, text: str) -> None:
    page.locator("#id_message").fill(text)
    page.keyboard.press("Enter")


def path_of(page: Page, stack: Stack) -> str:
    return page.url.removeprefix(stack.base_url).partition("#")[0]


def assert_as_committed(page: Page, stack: Stack, alice: Person) -> None:
    """Text and blocks are those of a page that is drawn from what Rivya holds."""
    document = alice.http.get(f"{path_of(page, stack)}export.json").json()
    assert [turn["answer"] for turn in document["turns"]] == said_at_rivya(stack, document["rivya_session_id"])
    streamed = page.locator(".answer").evaluate_all("all => all.map((one) => one.innerHTML)")
    page.reload()
    assert page.locator(".answer").evaluate_all("all => all.map((one) => one.innerHTML)") == streamed


def test_an_answer_is_written_before_ones_eyes_and_the_next_question_streams_too(
    page: Page, stack: Stack, alice: Person
) -> None:
    page.goto("/chat/new/")
    ask(page, "[long] How do we launch?")
    page.wait_for_url("**/chat/*-*/")
    expect(page.locator("[data-phase=writing]")).to_be_visible()
    expect(page.locator(".answer-block")).not_to_have_count(0)
    expect(page.locator(DONE)).to_have_count(1, timeout=30_000)
    ask(page, "[short] And then?")
    expect(page.locator("#id_message")).to_have_value("")
    expect(page.locator("#id_message")).to_be_focused()
    expect(page.locator(DONE)).to_have_count(2, timeout=20_000)
    expect(page.locator(".turn-facts").last).to_contain_text("tokens")
    assert_as_committed(page, stack, alice)


def test_a_reload_in_mid_answer_goes_on_and_ends_with_the_committed_text(
    page: Page, stack: Stack, alice: Person
) -> None:
    page.goto("/chat/new/")
    ask(page, f"[say] {SLOW}")
    page.wait_for_url("**/chat/*-*/")
    for _ in range(3):
        page.locator(".answer-block").nth(2).wait_for()
        page.reload()
    expect(page.locator(DONE)).to_have_count(1, timeout=60_000)
    assert_as_committed(page, stack, alice)


def test_three_tabs_and_a_late_one_show_the_same(page: Page, stack: Stack, alice: Person) -> None:
    page.goto(alice.begin("[short] hello"))
    expect(page.locator(DONE)).to_have_count(1, timeout=20_000)
    tabs = [page, *(page.context.new_page() for _ in range(2))]
    for tab in tabs[1:]:
        tab.goto(page.url)
    ask(page, f"[say] {SLOW}")
    tabs[1].locator("article").nth(1).locator(".answer-block").first.wait_for()
    tabs.append(page.context.new_page())
    tabs[-1].goto(page.url)
    for tab in tabs:
        expect(tab.locator(DONE)).to_have_count(2, timeout=60_000)
        expect(tab.locator("article")).to_have_count(2)
    shown = {tab.locator(".answer").last.inner_html() for tab in tabs}
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("paragraphs", "is_over"), [(40, True), (220, False)], ids=["ended meanwhile", "still being written"]
)
def test_the_network_goes_for_half_a_minute_and_the_answer_is_whole_when_it_is_back(
    page: Page, stack: Stack, alice: Person, complaints: object, paragraphs: int, is_over: bool
) -> None:
    complaints.ignore(r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK|network error|Failed to fetch|htmx")  # type: ignore[attr-defined]
    page.goto(alice.begin("[short] hello"))
    expect(page.locator(DONE)).to_have_count(1, timeout=20_000)
    ask(page, f"[say] {long_text(paragraphs)}")
    page.locator("article").nth(1).locator(".answer-block").nth(2).wait_for()
    page.context.set_offline(True)
    page.wait_for_timeout(30_000)
    assert exported(alice, path_of(page, stack))[1]["status"] == ("done" if is_over else "streaming")
    page.context.set_offline(False)
    expect(page.locator(DONE)).to_have_count(2, timeout=120_000)
    assert_as_committed(page, stack, alice)


def test_stop_ends_the_answer_and_says_what_was_charged(page: Page, alice: Person) -> None:
    page.goto("/chat/new/")
    ask(page, f"[say] {SLOW}")
    page.wait_for_url("**/chat/*-*/")
    page.locator(".answer-block").nth(1).wait_for()
    page.locator("[data-chat-stop]").click()
    expect(page.locator("article[data-status=stopped]")).to_have_count(1)
    expect(page.locator(".turn-facts")).to_contain_text("charged", timeout=30_000)
    expect(page.locator(".composer-send")).to_be_visible()


def test_who_reads_above_is_not_pulled_down_and_finds_the_way_back(page: Page) -> None:
    page.goto("/chat/new/")
    ask(page, f"[say] {SLOW}")
    page.wait_for_url("**/chat/*-*/")
    page.locator(".answer-block").nth(14).wait_for()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -3000)
    expect(page.locator("[data-chat-jump]")).to_be_visible()
    before = page.evaluate("scrollY")
    page.locator(".answer-block").nth(22).wait_for()
    assert page.evaluate("scrollY") == before
    page.locator("[data-chat-jump]").click()
    expect(page.locator("[data-chat-jump]")).to_be_hidden()
    assert page.evaluate("scrollY") > before


def test_another_model_keeps_the_draft_and_offers_only_what_it_can(page: Page) -> None:
    page.goto("/chat/new/?model=gpt-5-2-chat")
    page.locator("#id_message").fill("A draft")
    expect(page.locator("#composer-file")).to_have_count(1)
    page.locator("#chat-model").select_option("claude-sonnet-4-6-chat")
    expect(page.locator("#composer-file")).to_have_count(0)
    expect(page.locator("#id_message")).to_have_value("A draft")
    expect(page.locator(".composer-send")).to_contain_text("4 credits")


def test_what_is_written_while_another_model_is_fetched_is_kept(page: Page) -> None:
    page.goto("/chat/new/?model=gpt-5-2-chat")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/chat/new/?model=**", hold)
    page.locator("#id_message").fill("Begun")
    page.locator("#chat-model").select_option("claude-sonnet-4-6-chat")
    while not waiting:
        page.wait_for_timeout(20)
    page.locator("#id_message").press_sequentially(" and gone on")
    page.locator("#id_message").press("Home")
    waiting[0].continue_()
    expect(page.locator("#id_message")).to_have_attribute("placeholder", re.compile("Claude"))
    expect(page.locator("#id_message")).to_be_focused()
    page.keyboard.type("> ")
    expect(page.locator("#id_message")).to_have_value("> Begun and gone on")


def test_retry_asks_again_once_and_the_answer_hands_its_text_to_a_job(page: Page, alice: Person, stack: Stack) -> None:
    path = alice.begin("[short] hello")
    page.goto(path)
    expect(page.locator(DONE)).to_have_count(1, timeout=20_000)
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(DONE)).to_have_count(2, timeout=20_000)
    assert len(exported(alice, path)) == 2
    page.get_by_role("link", name="Use as prompt").first.click()
    page.wait_for_url("**/jobs/new/**")


def test_a_phone_shows_it_all_and_nothing_scrolls_sideways(alice: Person, stack: Stack, open_page: OpenPage) -> None:
    stack.control("PUT", "clock", {"speed": 10})
    page = open_page(stack, viewport=PHONE, color_scheme="dark")
    sign_in(page, "alice@example.com", PASSWORD)
    page.goto(alice.begin("[long] A table and code, please"))
    expect(page.locator(DONE)).to_have_count(1, timeout=20_000)
    for place in (page.url, "/chat/", "/chat/new/"):
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        found = Axe().run(page, options={"preload": False})
        assert found.violations_count == 0, found.generate_report()


def test_without_scripts_a_question_is_asked_and_answered(alice: Person, stack: Stack, open_page: OpenPage) -> None:
    stack.control("PUT", "clock", {"speed": 10})
    page = open_page(stack, java_script_enabled=False)
    sign_in(page, "alice@example.com", PASSWORD)
    page.goto("/chat/new/")
    page.locator("#id_message").fill("[long] hello")
    page.locator(".composer-send").click()
    page.wait_for_url("**/chat/*-*/")
    expect(page.locator(DONE)).to_have_count(1, timeout=30_000)
    page.locator("#id_message").fill("[short] again")
    page.locator(".composer-send").click()
    expect(page.locator(DONE)).to_have_count(2, timeout=30_000)

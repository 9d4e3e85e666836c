"""A hostile model in a real browser: nothing it says runs, loads, or causes a request, and no name or error does."""

import re
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.chat.payloads import FOREIGN, HTML, PAYLOADS
from tests.journeys.chatting import PASSWORD, Person, seed
from tests.journeys.conftest import OpenPage, sign_in
from tests.stack import Stack

# All that these pages ask for by themselves, or because the test pressed something.
EXPECTED = re.compile(
    r"GET (/static/.+|/live/.*|/wallet/.*|/credits/.*|/usage/.*|/notices/bell/|/failures/(count|asking)/"
    r"|/chat/([0-9a-f-]{36}/)?|/chat/new/|/chat/[0-9a-f-]{36}/turns/|/chat/turns/[0-9a-f-]{36}/(stream/)?"
    r"|/files/([0-9a-f-]{36}/(preview/|content/)?|picker/)?|/jobs/new/.*|/jobs/quote/.*"
    r"|/account/login/|/)"
    r"|POST (/account/login/|/chat/|/chat/[0-9a-f-]{36}/turns/|/files/)"
)
FORBIDDEN = ".answer :is([href], [src], [style], [id]:not(.answer-block), [hx-get], script, img, svg, form, input)"


@pytest.fixture(scope="module")
def alice(stack: Stack) -> Person:
    return seed(stack)


@pytest.fixture
def asked() -> list[str]:
    """Every request the page made."""
    return []


@pytest.fixture
def page(alice: Person, stack: Stack, open_page: OpenPage, asked: list[str]) -> Page:
    page = open_page(stack)

    def hear(request: Request) -> None:
        asked.append(f"{request.method} {urlsplit(request.url).path}")

    page.context.on("request", hear)
    page.add_init_script("window.alert = window.confirm = window.prompt = () => { window.ran = 1 }")
    sign_in(page, "alice@example.com", PASSWORD)
    return page


def test_a_hostile_answer_is_words_while_it_is_written_and_when_it_is_read_again(
    page: Page, stack: Stack, asked: list[str]
) -> None:
    stack.control("PUT", "clock", {"speed": 20})
    page.goto("/chat/new/")
    page.locator("#chat-model").select_option("gpt-5-2-chat")
    page.locator("#id_message").fill("[short] hello")
    page.keyboard.press("Enter")
    expect(page.locator("article[data-status=done]")).to_have_count(1, timeout=20_000)
    sayable = [payload for payload in PAYLOADS if "\0" not in payload]  # a form takes no NUL
    for number, payloads in enumerate((sayable[::2], sayable[1::2]), start=2):
        page.locator("#id_message").fill("[say] " + "\n\n".join(payloads))
        page.keyboard.press("Enter")
        expect(page.locator("article[data-status=done]")).to_have_count(number, timeout=60_000)
    assert_harmless(page, asked)
    page.reload()
    assert_harmless(page, asked)
    press_everything(page)
    assert_harmless(page, asked)


@pytest.mark.parametrize("payload", [HTML[2], HTML[4], HTML[13], HTML[17], "[x](javascript:window.ran=1)"])
def test_a_hostile_title_is_words_in_every_list_and_page(
    page: Page, alice: Person, asked: list[str], payload: str
) -> None:
    path = alice.begin(f"{payload} [short]")
    for place in ("/chat/", path, f"/chat/?q={quote(payload)}", f"/chat/new/?text={quote(payload)}"):
        page.goto(place)
        page.locator("h1").first.wait_for()
        assert_harmless(page, asked)
    assert payload[:20] in page.locator("#id_message").input_value()


def test_a_hostile_error_message_is_words_in_the_conversation(
    page: Page, alice: Person, stack: Stack, asked: list[str]
) -> None:
    message = " ".join(HTML)
    fault = {"fault": "error", "code": "validation_failed", "status": 422, "message": message}
    stack.control("POST", "faults", {"match": {"path": "/api/v1/chat/completions/stream"}, **fault})
    page.goto(alice.begin("[short] hello"))
    expect(page.locator(".turn-problem")).to_be_visible(timeout=20_000)
    assert_harmless(page, asked)


def test_a_hostile_file_name_is_words_beside_the_question(page: Page, asked: list[str]) -> None:
    page.goto("/chat/new/?model=gpt-5-2-chat")
    name = "<img src=x onerror=window.ran=1>\"' hx-get=.png"
    picture = {"name": name, "mimeType": "image/png", "buffer": PICTURE}
    page.locator("#composer-file").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.locator("#composer-picks .pick input:checked")).to_have_count(1)
    page.locator("#id_message").fill("[short] what is this?")
    page.keyboard.press("Enter")
    expect(page.locator(".question-files li")).to_have_count(1, timeout=20_000)
    expect(page.locator("article[data-status=done]")).to_have_count(1, timeout=20_000)
    assert_harmless(page, asked)


def test_a_link_asks_first_and_opens_without_telling_where_from(page: Page, alice: Person, asked: list[str]) -> None:
    page.goto(alice.begin(f"[say] [the docs]({FOREIGN}/docs?a=1) and ![a chart]({FOREIGN}/c.png)"))
    expect(page.locator("article[data-status=done]")).to_have_count(1, timeout=20_000)
    page.get_by_role("link", name="the docs").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#chat-link")
    expect(dialog).to_contain_text("Open evil.example?")
    go = dialog.locator("[data-link-go]")
    expect(go).to_have_attribute("href", f"{FOREIGN}/docs?a=1")
    expect(go).to_have_attribute("rel", "noopener noreferrer nofollow")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert_harmless(page, asked)


def press_everything(page: Page) -> None:
    """Whatever looks as if it could be pressed; each press may only open the question about links."""
    for pressable in page.locator(".answer :is(button, [tabindex], [data-link])").all():
        pressable.dispatch_event("click")
        if page.locator("#chat-link[open]").count():
            page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def assert_harmless(page: Page, asked: list[str]) -> None:
    assert page.evaluate("window.ran") is None
    assert [each for each in asked if not EXPECTED.fullmatch(each)] == []
    assert page.locator(f"[data-hx-get], {FORBIDDEN}").count() == 0
    assert page.title().endswith("Rivya Team Console")


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000001000000010080200000090916836000000164944415478da6350483840126218d530aa61f86a00"
    "007fb74010cd429e570000000049454e44ae426082"
)

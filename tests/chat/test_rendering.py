"""What a model writes is words on the page: it runs nothing, loads nothing, leads nowhere by itself."""

import re
from html.parser import HTMLParser

import pytest

from console.chat.rendering import render
from console.chat.sanitising import CLASSES, TAGS, sanitise
from tests.chat.payloads import PAYLOADS

ALLOWED = {"class", "role", "tabindex", "aria-label", "type", "start", "data-link"}


class Reader(HTMLParser):
    """Elements and attributes as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_more_than_our_own_marks(payload: str) -> None:
    for tag, attributes in Reader(render(payload)).found:
        assert tag in TAGS
        assert attributes.keys() <= ALLOWED
        assert set(attributes.get("class", "").split()) <= CLASSES.get(tag, set())
        assert re.match(r"(https?://|mailto:)[^<>\"\s]+$", attributes.get("data-link", "https://a"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_last_wall_holds_even_if_html_came_through_markdown(payload: str) -> None:
    for tag, attributes in Reader(sanitise(payload)).found:
        assert tag in TAGS
        assert attributes.keys() <= ALLOWED
        assert set(attributes.get("class", "").split()) <= CLASSES.get(tag, set())


def test_no_answer_holds_letters_that_htmx_would_read_as_its_own_element() -> None:
    html = render("[a](<https://a.example/?q=<hx-partial hx-target=body>) `<hx-partial>` <https://b.example/<hx-x>>")
    assert not re.search(r"<(?:/?hx-|head\b|body\b|html\b)", html, re.IGNORECASE)


def test_a_link_says_where_it_would_lead_and_loads_nothing() -> None:
    html = render("[the docs](https://docs.example/a?b=1&c='x') and ![a chart](https://img.example/c.png)")
    assert html.count("data-link=") == 2
    assert "data-link=\"https://docs.example/a?b=1&amp;c='x'\">the docs<" in html
    assert '<span class="md-link md-picture"' in html
    assert "href" not in html
    assert "src" not in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/keys/", "vbscript:x", "https:"]
)
def test_an_address_that_is_no_plain_link_stays_text(url: str) -> None:
    assert "data-link" not in render(f"[press me]({url}) ![look]({url}) <{url}>")


def test_headings_stand_below_those_of_the_page() -> None:
    html = render("# One\n\n## Two\n\n### Three\n\n###### Six")
    assert re.findall(r"<h(\d)", html) == ["3", "3", "4", "6"]


def test_lists_tables_tasks_and_strikethrough_are_drawn() -> None:
    html = render("- [x] done\n- [ ] open\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n~~gone~~")
    assert html.count("md-task-mark") == 2
    assert 'aria-label="Done"' in html
    assert '<td class="md-right">2</td>' in html
    assert "<s>gone</s>" in html


def test_code_is_in_colours_with_its_language_and_a_way_to_copy_it() -> None:
    html = render("```python\ndef f(): return '<b>'\n```")
    assert "md-code-copy" in html
    assert ">python<" in html
    assert 'tok-keyword">def<' in html
    assert "&lt;b&gt;" in html
    assert render("```nonsense<script>\nx\n```").count("<script") == 0


def test_names_of_blocks_are_ours() -> None:
    html = render("one\n\ntwo", "turn-7")
    assert re.findall(r'<div class="answer-block" id="(.*?)">', html) == ["turn-7-0", "turn-7-1"]


@pytest.mark.parametrize(
    "text", ["[" * 3000, "*a" * 3000, "`" * 3000, "> " * 2000, "![" * 2000, "<" * 3000, "| " * 3000, "**_" * 2000]
)
def test_text_that_is_made_to_be_slow_is_not(text: str) -> None:
    assert len(render(text)) < 500_000

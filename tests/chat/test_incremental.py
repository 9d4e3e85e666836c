"""An answer is drawn the same however it comes, and only its last block is ever drawn again."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.chat.incremental import Block, Incremental, blocks
from console.chat.markup import MARKDOWN, STRUCTURE
from console.chat.sanitising import sanitise
from console.chat.seams import LONGEST_BLOCK, LONGEST_CODE, LONGEST_SEAMLESS

LINES = st.sampled_from(
    [
        *("", "", "", "words and more words", "**bold** and `code`", "# Heading", "## Two", "---", "===", "***", "- a"),
        *(
            "- a | b",
            "* star",
            "  - nested",
            "1. one",
            "2. two",
            "7) seven",
            "> quote",
            ">> deeper",
            "| a | b |",
            "a | b",
        ),
        *(
            "|---|:-:|",
            "--|--",
            "| 1 | 2 |",
            "```python",
            "```",
            "~~~",
            "````",
            "x = 1",
            "    indented",
            "\tx",
            "- [x] do",
        ),
        *("![p](https://a.example/p.png)", "[l](https://a.example)", "[r]: https://a.example", "[r]", "<b>x</b>", "\\"),
        *("- ```", "> ```", "-", "1.", "#", "|", "*", "\r", "a\rb", "é\u2028 ü\x0b", "\x00"),
    ]
)
TEXTS = st.builds("\n".join, st.lists(LINES, max_size=24)) | st.text("ab-*`#>|~_[](): \n\r1.", max_size=80)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_pieces_of_any_size_give_the_blocks_of_the_whole(text: str, sizes: Sequence[int]) -> None:
    assert fed(text, sizes) == [block.html for block in blocks(text)]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_the_blocks_together_are_the_whole_text_rendered_at_once(text: str) -> None:
    whole = sanitise(MARKDOWN.render(text if text.endswith("\n") else f"{text}\n", {}))
    assert squeezed("".join(block.html for block in blocks(text))) == squeezed(whole)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_another_process_that_takes_over_in_the_middle_ends_with_the_same(text: str, sizes: Sequence[int]) -> None:
    middle = sizes[0] % (len(text) + 1)
    second = Incremental()
    first_blocks = {block.index: block.html for block in [*second.feed(text[:middle]), *second.finish(text)]}
    assert [first_blocks[index] for index in sorted(first_blocks)] == fed(text, sizes)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.text("ab1 .,?'é", min_size=1, max_size=30), st.lists(st.integers(1, 4), min_size=1, max_size=30))
@example("words and more words\n", "1", [1])
@example("- ", "1. a word", [1, 1, 1, 1])
def test_words_that_come_one_by_one_are_drawn_as_if_they_had_come_at_once(
    text: str, words: str, sizes: Sequence[int]
) -> None:
    for before in (text, f"{text} word", f"{text}\n\n- a **b** word"):
        drawn: dict[int, str] = {}
        end, one_by_one = len(before), Incremental()
        for size in [0, *sizes]:
            end = min(end + size, len(before + words))
            drawn |= {block.index: block.html for block in one_by_one.feed((before + words)[:end])}
        at_once = {block.index: block.html for block in Incremental().feed((before + words)[:end])}
        assert {place: html for place, html in drawn.items() if place in at_once} == at_once


@pytest.mark.parametrize("size", [97, 1000, 10**6])
@pytest.mark.parametrize(
    "text",
    [
        "```python\n" + "x = call(1, 'two')\n\n" * 800 + "```\nafter\n",
        "".join(f"3. item with **words**\n   - nested {number}\n" for number in range(300)),
        "- a\n\n" * 2000,
        "| a | b |\n|:--|--:|\n" + "| cell one | cell `two` |\n" * 500 + "\nafter",
        "word **bold** " * 2000,
        "> said so\n" * 1200,
        "x" * 20_000,
        "~~~\r\n" + "line\r\n" * 2000 + "~~~\r\n",
    ],
    ids=["code", "numbered list", "loose list", "table", "paragraph", "quote", "one word", "code with CRLF"],
)
def test_a_block_that_grows_without_end_is_cut_at_the_same_seams(text: str, size: int) -> None:
    expected = [block.html for block in blocks(text)]
    assert fed(text, [size]) == expected
    assert len(expected) > 1
    assert all(len(visible(html)) <= LONGEST_SEAMLESS + 200 for html in expected)


def test_a_list_that_was_cut_goes_on_counting() -> None:
    text = "".join(f"1. point number {number} of many\n" for number in range(200))
    starts = [int(found) for html in fed(text, [50]) for found in re.findall(r'<ol[^>]* start="(\d+)"', html)]
    items = [html.count("<li>") for html in fed(text, [50])]
    assert starts == [1 + sum(items[:place]) for place in range(1, len(items))]
    assert sum(items) == 200


def test_a_table_that_was_cut_repeats_its_head_and_code_its_language() -> None:
    table = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * LONGEST_BLOCK
    assert all("<th>a</th>" in html for html in fed(table, [100]))
    code = "```python\n" + "x = None\n" * LONGEST_CODE + "```"
    parts = fed(code, [1000])
    assert all('md-code-language">python<' in html and "tok-constant" in html for html in parts)
    assert ["md-continued" in html for html in parts] == [False] + [True] * (len(parts) - 1)
    assert "".join(map(visible, parts)).count("x = None") == LONGEST_CODE


def test_a_block_that_is_final_is_never_told_again() -> None:
    text = "one\n\ntwo\n\n- a\n- b\n\n```\ncode\n```\n\nend"
    told: list[Block] = []
    incremental = Incremental()
    for end in range(len(text) + 1):
        told += incremental.feed(text[:end])
    told += incremental.finish(text)
    finals = [block.index for block in told if block.final]
    assert finals == sorted(set(finals)) == list(range(5))
    for place, block in enumerate(told):
        assert all(later.index > block.index for later in told[place + 1 :]) or not block.final


def test_a_draft_shows_no_marks_that_have_only_begun() -> None:
    assert drawn("Some **bold wor") == "<p>Some <strong>bold wor</strong></p>"
    assert drawn("Call `f(") == "<p>Call <code>f(</code></p>"
    assert drawn("See [the docs](https://exam") == "<p>See the docs</p>"
    assert drawn("A list:\n-") == "<p>A list:</p>"
    assert drawn("Words\n\n| a | b |\n|--") == "<p>Words</p>"
    assert drawn("Words\n\n```pyth") == "<p>Words</p>"
    assert "a ** b" in drawn("```\na ** b")


def test_the_cost_grows_with_the_text_and_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    part = "A paragraph with **bold** words.\n\n- one\n- two\n\n```python\nx = 1\n```\n\n" * 40
    once, four_times = (letters_parsed(text, monkeypatch) for text in (part, part * 4))
    assert len(part) < once
    assert four_times < once * 4 * 2


def fed(text: str, sizes: Sequence[int]) -> list[str]:
    """The blocks a page has after the text came in pieces of these sizes, again and again."""
    incremental, shown, end, turn = Incremental(), dict[int, str](), 0, 0
    while end < len(text):
        end, turn = end + sizes[turn % len(sizes)], turn + 1
        shown |= {block.index: block.html for block in incremental.feed(text[:end])}
    shown |= {block.index: block.html for block in incremental.finish(text)}
    assert sorted(shown) == list(range(len(shown)))
    return [shown[index] for index in sorted(shown)]


def drawn(text: str) -> str:
    return "".join(block.html for block in Incremental().feed(text)).strip()


def visible(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def squeezed(html: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", html).strip()


def letters_parsed(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many letters are parsed while the text comes; parsing is what takes time, and a clock tells of others too."""
    parsed = 0

    def counted(parse: Any) -> Any:
        def counting(source: str, *more: Any) -> Any:
            nonlocal parsed
            parsed += len(source)
            return parse(source, *more)

        return counting

    incremental = Incremental()
    with monkeypatch.context() as patch:
        for parser in (MARKDOWN, STRUCTURE):
            patch.setattr(parser, "parse", counted(parser.parse))
        for end in range(20, len(text) + 20, 20):
            incremental.feed(text[:end])
    return parsed

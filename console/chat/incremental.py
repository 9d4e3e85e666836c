"""An answer as HTML while it is being written: finished blocks are final, only the last one is drawn again.

Markdown is decided line by line: once a line has begun another block, the block before can never change. So only the
text since the last such line is parsed, and each finished piece of it is rendered once. A block that grows too long is
cut at a seam (an item of a list, a row of a table, a line of code), which bounds what is drawn again.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from console.chat.drafting import tidy
from console.chat.markup import MARKDOWN, STRUCTURE
from console.chat.sanitising import sanitise
from console.chat.seams import LONGEST_SEAMLESS, Opening, hard_end, seam_of

# A carriage return at the very end may be half of a line's end.
_LINE_END: Final = re.compile(r"\r\n|\n|\r(?=.)", re.DOTALL)
_HOLDS_SOMETHING: Final = re.compile(r"\S")
# Words after a word are nothing but more of it, whatever stands before them.
_MORE_WORDS: Final = re.compile(r"(?:[^\W_]|[ ,.?'])+")
# With a letter in it: a number alone, and then a dot, may begin a list.
_LAST_WORD: Final = re.compile(r"(?:^|[ \n])[^\W_]*[^\W\d_][^\W_]*[.,?']*\Z")
_LONGEST_WORD: Final = 64
_CLOSING_TAGS: Final = re.compile(r"(?:</(?:p|li|ul|ol|blockquote|h[3-6])>\n?)+$")


class Block(NamedTuple):
    """One block of an answer, by its place. A final block never changes."""

    index: int  # type: ignore[assignment]
    html: SafeString
    final: bool


class Incremental:
    """Fed with the text so far, again and again; tells which blocks are new or changed since it was last fed."""

    def __init__(self) -> None:
        self._start = 0  # where the first block begins that is not final
        self._looked_to = 0  # the end of the lines among which there is no other block's beginning
        self._opening = Opening()
        self._finished = 0
        self._drawn = ""
        self._words_to = 0  # the text to here is drawn and ends with a plain word; 0 when it does not
        self._words_at = 0  # where that word ends in what is drawn

    def feed(self, text_so_far: str) -> list[Block]:
        """The blocks that are new or changed; at most the last one is not final."""
        if self._words_to and self._is_more_words(text_so_far):
            return self._with_more_words(text_so_far)
        found = list(self._finished_blocks(text_so_far))
        drawn = self._draft(text_so_far[self._start :])
        if drawn != self._drawn:
            found.append(Block(self._finished, mark_safe(drawn), final=False))  # noqa: S308 - sanitised
            self._drawn = drawn
        self._note_last_word(text_so_far)
        return found

    def finish(self, text: str) -> list[Block]:
        """The blocks that are new or changed now that the text is whole; all of them are final."""
        text = text if text.endswith("\n") else f"{text}\n"
        found = list(self._finished_blocks(text))
        if _HOLDS_SOMETHING.search(rest := text[self._start :]):
            found.append(self._final(rest, Opening()))
        self._start = self._looked_to = len(text)
        return found

    def _is_more_words(self, text: str) -> bool:
        is_short = len(text) - self._start < LONGEST_SEAMLESS
        return is_short and bool(_MORE_WORDS.fullmatch(text, self._words_to))

    def _with_more_words(self, text: str) -> list[Block]:
        """What most deltas are: drawn in a fiftieth of the time that reading the whole block takes."""
        end = len(text.rstrip(" "))
        if end <= self._words_to:
            return []
        words = text[self._words_to : end]
        self._drawn = f"{self._drawn[: self._words_at]}{words}{self._drawn[self._words_at :]}"
        self._words_to, self._words_at = end, self._words_at + len(words)
        return [Block(self._finished, mark_safe(self._drawn), final=False)]  # noqa: S308 - letters in sanitised HTML

    def _note_last_word(self, text: str) -> None:
        """Whether what is drawn ends with a word of the text, so that more words can be put behind it."""
        end = len(text.rstrip(" "))
        word = _LAST_WORD.search(text, max(self._start, end - _LONGEST_WORD), end)
        tags = _CLOSING_TAGS.search(self._drawn)
        self._words_to = 0
        if word and tags and self._drawn.endswith(word[0].lstrip(), 0, tags.start()):
            source = self._opening.lines + text[self._start : end]
            if tidy(source) == source:
                self._words_to, self._words_at = end, tags.start()

    def _finished_blocks(self, text: str) -> Iterator[Block]:
        while cuts := self._cuts(text):
            for end, opening in cuts:
                yield self._final(text[self._start : end], opening)
                self._start, self._opening = end, opening
            self._looked_to = self._start

    def _final(self, source: str, then: Opening) -> Block:
        html = _html(source, self._opening, is_cut=then.is_cut)
        self._finished, self._drawn = self._finished + 1, ""
        return Block(self._finished - 1, mark_safe(html), final=True)  # noqa: S308 - sanitised

    def _draft(self, source: str) -> str:
        tidied = tidy(self._opening.lines + source)
        rest = tidied[len(self._opening.lines) :]
        return _html(rest, self._opening, draft=True) if _HOLDS_SOMETHING.search(rest) else ""

    def _cuts(self, text: str) -> list[tuple[int, Opening]]:
        """Where the next blocks end for good, and how what follows each is to be read."""
        part = text[self._start : self._start + LONGEST_SEAMLESS]
        ends = [found.end() for found in _LINE_END.finditer(part)]
        if ends and self._start + ends[-1] > self._looked_to:
            self._looked_to = self._start + ends[-1]
            if cuts := [(self._start + end, opening) for end, opening in _ends(part, ends, self._opening)]:
                return cuts
        is_full = len(part) == LONGEST_SEAMLESS
        return [(self._start + hard_end(part), Opening())] if is_full else []


def blocks(text: str) -> list[Block]:
    """All blocks of a text that is whole."""
    return Incremental().finish(text)


def _ends(part: str, line_ends: list[int], opening: Opening) -> Iterator[tuple[int, Opening]]:
    """The ends of blocks within whole lines, up to the first seam."""
    before = opening.lines.count("\n")
    starts = [0] * before + [0, *line_ends]
    lines = [*opening.lines.split("\n")[:-1], *(part[begin:end] for begin, end in pairwise([0, *line_ends]))]
    found = _top_level(STRUCTURE.parse("".join(f"{line.rstrip(chr(13) + chr(10))}\n" for line in lines)))
    for place, block in enumerate(found):
        if seam := seam_of(block, lines, starts, opening.number if place == 0 else 0):
            yield starts[seam.line], seam.opening
            return
        if place + 1 < len(found) and (following := found[place + 1][0].map):
            yield starts[following[0]], Opening()


def _top_level(tokens: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            found.append([])
        found[-1].append(token)
    return found


def _html(source: str, opening: Opening, *, is_cut: bool = False, draft: bool = False) -> str:
    environment = {"draft": draft}
    tokens = MARKDOWN.parse(opening.lines + source, environment)
    if tokens and opening.number:
        tokens[0].attrSet("start", str(opening.number))
    if tokens and opening.is_cut:
        tokens[0].attrJoin("class", "md-continued")
    if tokens and is_cut:
        tokens[0].attrJoin("class", "md-continues")
    return sanitise(MARKDOWN.renderer.render(tokens, MARKDOWN.options, environment))

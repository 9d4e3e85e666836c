"""Where a block that has grown long may be cut in two, and how its rest is to be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token

# Of a list or a table, and of code, which is cheaper to draw: in characters, before the first seam is taken.
LONGEST_BLOCK: Final = 2_000
LONGEST_CODE: Final = 4_000
# What has no seam (a paragraph, a quote) is cut after so much, at a line, a space or anywhere.
LONGEST_SEAMLESS: Final = 8_000
_LONGEST_OPENING: Final = 400


@dataclass(frozen=True)
class Opening:
    """How the text after a cut is read: with these lines before it, its first item counted as `number`."""

    lines: str = ""
    number: int = 0
    is_cut: bool = False


@dataclass(frozen=True)
class Seam:
    """The line (of those that were parsed) at which a block is cut."""

    line: int
    opening: Opening


def seam_of(block: Sequence[Token], lines: Sequence[str], starts: Sequence[int], number: int) -> Seam | None:
    """The first seam of a top-level block that is long enough.

    `starts` are the offsets of its `lines`, `number` is what its first item counts as when it was cut before.
    """
    first = block[0]
    begin, end = first.map or (0, 0)
    if first.type == "fence":
        return _of_code(first, lines[begin:end], begin, starts)
    if first.type == "table_open":
        return _of_table(block, lines[begin : begin + 2], begin, starts)
    if first.type in {"bullet_list_open", "ordered_list_open"}:
        return _of_list(block, begin, starts, number)
    return None


def hard_end(text: str) -> int:
    """Where text without any seam is cut: after a line, else after a word, else after so much."""
    part = text[:LONGEST_SEAMLESS]
    return (part.rfind("\n") + 1) or (part.rfind(" ") + 1) or len(part)


def _of_code(fence: Token, lines: Sequence[str], begin: int, starts: Sequence[int]) -> Seam | None:
    closing = re.compile(rf" {{0,3}}{re.escape(fence.markup[0])}{{{len(fence.markup)},}}\s*")
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip(" "))]
    for line in range(begin + 2, begin + len(lines)):
        if starts[line] - starts[begin] >= LONGEST_CODE and not closing.fullmatch(lines[line - begin]):
            language = fence.info.split(maxsplit=1)[0][:24] if fence.info.strip() else ""
            return Seam(line, Opening(f"{indent}{fence.markup}{language}\n", is_cut=True))
    return None


def _of_table(block: Sequence[Token], head: Sequence[str], begin: int, starts: Sequence[int]) -> Seam | None:
    rows = [token.map[0] for token in block if token.type == "tr_open" and token.map]
    cut = next((row for row in rows if row > begin + 2 and starts[row] - starts[begin] >= LONGEST_BLOCK), None)
    opening = "".join(f"{line.rstrip()}\n" for line in head)
    return Seam(cut, Opening(opening, is_cut=True)) if cut and len(opening) <= _LONGEST_OPENING else None


def _of_list(block: Sequence[Token], begin: int, starts: Sequence[int], number: int) -> Seam | None:
    items = [token.map[0] for token in block if token.type == "list_item_open" and token.level == 1 and token.map]
    is_numbered = block[0].type == "ordered_list_open"
    first = number or int(block[0].attrGet("start") or 1)
    for place, line in enumerate(items):
        if place and starts[line] - starts[begin] >= LONGEST_BLOCK:
            return Seam(line, Opening(number=first + place if is_numbered else 0, is_cut=True))
    return None

"""The end of a text that is still being written, made fit to be shown: what will be marks is not shown as letters.

Without it a paragraph would turn into a heading for a moment when a list follows ("-"), a table's head would first be
pipes, and every bold word would begin as two stars.
"""

import re
from typing import Final

_MARKS_ONLY: Final = re.compile(r"[ \t]*(?:[-=*+_#>|`~: \t]+|\d{1,9}[.)]?)[ \t]*")
_TASK_BEGUN: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]?\]?[ \t]*")
_FENCE: Final = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})", re.MULTILINE)
_FENCE_BEGUN: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:`{3,}[^`]*|~{3,}.*)")
_LINK_BEGUN: Final = re.compile(r"!?\[([^\]\n]*)(?:\](?:\([^)\n]*)?)?$")
_PAIRS: Final = re.compile(r"`+|\*\*|~~|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])")


def tidy(text: str) -> str:
    """The text without a mark that has only begun, and with the marks closed that its last line has opened."""
    head, last = _split(text)
    if _MARKS_ONLY.fullmatch(last) or _TASK_BEGUN.fullmatch(last):
        last = ""
    if _in_code(head):
        return head + last
    if _FENCE_BEGUN.fullmatch(last):
        return head
    paragraph = _last_paragraph(head)
    return head[:paragraph] if _is_table_head(head[paragraph:], last) else head + _closed(last)


def _split(text: str) -> tuple[str, str]:
    at = text.rfind("\n") + 1
    return text[:at], text[at:]


def _in_code(head: str) -> bool:
    open_with = ""
    for fence in _FENCE.findall(head):
        if not open_with:
            open_with = fence
        elif fence[0] == open_with[0] and len(fence) >= len(open_with):
            open_with = ""
    return bool(open_with)


def _last_paragraph(head: str) -> int:
    """Where the lines begin that no empty line parts from the end."""
    return head.rfind("\n\n") + 2 if "\n\n" in head else 0


def _is_table_head(paragraph: str, last: str) -> bool:
    """Whether the last thing said is one line that begins with a pipe: a table in all likelihood."""
    if not paragraph:
        return last.lstrip().startswith("|")
    return paragraph.lstrip().startswith("|") and paragraph.count("\n") < 2 and (not last or last.lstrip()[:1] in "|:-")


def _closed(line: str) -> str:
    line = _LINK_BEGUN.sub(r"\1", line.rstrip()) if "[" in line else line
    bare = line.rstrip("*_~` \t")
    opened: list[str] = []
    for mark in _PAIRS.findall(bare):
        if opened and opened[-1] == mark:
            opened.pop()
        elif not (opened and opened[-1].startswith("`")):
            opened.append(mark)
    return bare + "".join(reversed(opened)) if bare else ""

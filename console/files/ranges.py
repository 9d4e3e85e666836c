"""The Range header (RFC 9110 §14): one range of bytes; anything else is answered with the whole."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range lies outside the file: 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start`, `length` of them."""

    start: int
    length: int

    def content_range(self, size_bytes: int) -> str:
        """The Content-Range header of this part."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size_bytes}"


def wanted(header: str, size_bytes: int) -> Span | None:
    """The part a Range header asks for; None for no header, several ranges and nonsense. Raises Unsatisfiable."""
    found = _ONE_RANGE.fullmatch(header)
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return _last(int(found[2]), size_bytes)
    first, last = int(found[1]), int(found[2]) if found[2] else size_bytes - 1
    if found[2] and last < first:
        return None
    if first >= size_bytes:
        raise Unsatisfiable
    return Span(first, min(last, size_bytes - 1) - first + 1)


def _last(count: int, size_bytes: int) -> Span:
    if not count or not size_bytes:
        raise Unsatisfiable
    return Span(max(0, size_bytes - count), min(count, size_bytes))

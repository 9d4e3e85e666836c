"""What inspecting a file finds out, or why it is not taken."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a file was rejected, for code that decides; the words are for people."""

    EMPTY = "empty"
    TEXT = "text"
    UNKNOWN = "unknown"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TWO_KINDS = "two_kinds"


class Rejected(Exception):
    """The file is not what it has to be; `words` is one or two whole sentences for a person."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words


@dataclass(frozen=True, slots=True)
class Facts:
    """A file as its content tells it. `width` and `height` are pixels as shown (turned pictures are turned)."""

    kind: str
    mime_type: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None

"""A string that shows itself only when asked: keys, tokens, signing secrets and signed URLs."""

import hmac
import re
from typing import NoReturn, Self

HIDDEN = "[secret]"

_SENSITIVE = re.compile(r"""rvya_[^\s"'<>,;]+|whsec_[^\s"'<>,;]+|\b[a-z][a-z0-9+.-]*://[^\s"'<>]+""", re.IGNORECASE)
_LONGEST_TEXT = 500


class Secret:
    """Holds text that must be in no repr, log line, exception or pickle; `reveal()` is the only way to read it."""

    __slots__ = ("__value",)

    def __init__(self, value: "str | Secret") -> None:
        self.__value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """The text itself. Use it in the expression that needs it; do not keep it in a variable."""
        return self.__value

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value.encode("utf-8", "surrogatepass"), other._bytes())

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret is never pickled; seal its text on purpose instead.")

    def _bytes(self) -> bytes:
        return self.__value.encode("utf-8", "surrogatepass")


def scrub(text: str) -> str:
    """Text of Rivya's without keys, signing secrets, URLs and control characters, at most 500 characters long."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 8 * _LONGEST_TEXT])
    return _SENSITIVE.sub(HIDDEN, printable)[:_LONGEST_TEXT].strip()

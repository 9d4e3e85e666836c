"""Text that people can see: spaces, joiners and fillers alone would be an empty place in a list or a log."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError

# Letters and signs by their category that are drawn as nothing: fillers of Hangul, the empty cell of braille.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def legible(text: str) -> None:
    """Raises ValidationError for text without one letter, figure or sign that is seen."""
    if not visible_count(text):
        raise ValidationError("Write something that can be seen: this has only blank characters.", code="blank")


def visible_count(text: str) -> int:
    """How many letters, figures and signs of it are seen."""
    return sum(unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK for letter in text)

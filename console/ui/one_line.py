"""Names are one line: they stand in mails, in lists and in sentences of ours, and must not rearrange these."""

import unicodedata
from typing import Final

from django import forms
from django.core.exceptions import ValidationError

from console.ui.visible import legible

# Marks that turn the direction of what follows; letters of right-to-left scripts need none of them.
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROLS: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})


def one_line(text: str) -> None:
    """Raises ValidationError for line breaks, control characters, and marks that turn the direction of writing."""
    if any(map(_is_refused, text)):
        raise ValidationError(
            "A name is one line: no line breaks, control characters, or marks that turn the direction of writing.",
            code="one_line",
        )


def folded(text: str) -> str:
    """The same text as one line, with single blanks: for names that nobody can be asked to write again.

    A page shows it so whatever is stored: what is typed after it is compared with this.
    """
    return " ".join("".join(" " if _is_refused(letter) else letter for letter in text).split())


class NameField(forms.CharField):
    """A name of a person, a team or a thing."""

    default_validators = [one_line, legible]


def _is_refused(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in _CONTROLS

"""What two messages about the same thing have in common: ids, numbers, addresses and quoted text taken out."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 300
_LOOKED_AT: Final = 4000  # of a message as long as a page the beginning tells its kind

# In this order: an address holds ids, an id holds numbers, and what is quoted may be any of them.
_TAKEN_OUT: Final = (
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE), "…"),
    (
        re.compile(r"\"[^\"\n]{0,2000}\"|“[^”\n]{0,2000}”|„[^“”\n]{0,2000}[“”]|«[^»\n]{0,2000}»|`[^`\n]{0,2000}`"),
        "…",
    ),
    (re.compile(r"(?<!\w)'[^'\n]{0,2000}'(?!\w)|‘[^’\n]{0,2000}’"), "…"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "…"),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]{6,}\b"), "…"),  # letters and digits: req_04c1, task-9f
    (re.compile(r"\b(?:[0-9a-f]{16,})\b", re.IGNORECASE), "…"),
    (re.compile(r"[-+]?\d+(?:[.,:]\d+)*"), "#"),
)


def normalised(message: str) -> str:
    """The message without what differs from one failure to the next; at most 300 characters."""
    text = unicodedata.normalize("NFC", message[:_LOOKED_AT])
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    for pattern, instead in _TAKEN_OUT:
        text = pattern.sub(instead, text)
    return " ".join(text.split())[:LONGEST].rstrip()

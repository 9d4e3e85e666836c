"""What was typed into a search box, as words, and as what the databases' text indexes understand.

Words are found whole, the last one by its beginning while it is still being typed. A row of an index has words and
`facets`: tokens that say what the row belongs to.
"""

import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

MOST_WORDS = 12
_SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> Sequence[str]:
    """The words that are looked for: at most twelve."""
    return all_words(text)[:MOST_WORDS]


def all_words(text: str) -> Sequence[str]:
    """Letters and digits only, accents joined."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def facet(letter: str, value: UUID | str) -> str:
    """The token of something about a row that never changes."""
    return letter + (value.hex if isinstance(value, UUID) else value.encode().hex())


def fts5_match(text: str, facets: Sequence[str]) -> str:
    """For `MATCH` on a table of `facets` and `words` (SQLite). One of both is given."""
    parts = []
    if facets:
        parts.append("{facets} : (" + " AND ".join(f'"{token}"' for token in facets) + ")")
    if words := words_of(text):
        wanted = [f'"{word}"' for word in words]
        if _is_open_ended(text, words):
            wanted[-1] += " *"
        parts.append("{words} : (" + " AND ".join(wanted) + ")")
    return " AND ".join(parts)


def tsquery(text: str, facets: Sequence[str]) -> str:
    """For `@@` on a document whose facets begin with "=", which no word does (PostgreSQL). One of both is given."""
    words = words_of(text)
    wanted = [f"'={token}'" for token in facets] + [f"'{word.lower()}'" for word in words]
    if _is_open_ended(text, words):
        wanted[-1] += ":*"
    return " & ".join(wanted)


def _is_open_ended(text: str, words: Sequence[str]) -> bool:
    return bool(words) and not text.endswith(" ") and len(words[-1]) >= _SHORTEST_BEGINNING

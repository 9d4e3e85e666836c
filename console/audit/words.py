"""A line as words and tokens of the index. Support may search in all of it, so what a person typed is not in it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from console.audit.acts import act_in_words, kind_in_words
from console.audit.closing import is_label_open
from console.audit.models import AuditEvent

MOST_WORDS = 12
NOBODY = "console"  # stands for an actor in a filter when the console itself, or nobody known, has acted
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> Sequence[str]:
    """Letters and digits only, accents joined."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def facet(letter: str, value: Any) -> str:
    """The token of a fact that is filtered by: t team, u actor, a act, k kind of object, o object."""
    try:
        return letter + UUID(str(value)).hex
    except ValueError:
        return letter + str(value).encode().hex()


def facets_of(event: AuditEvent) -> str:
    """All of a line's tokens."""
    return " ".join(_facets(event))


def indexed_words(event: AuditEvent) -> str:
    """What a search finds the line by: who, what, on what, from where, in which request."""
    label = event.object_label if is_label_open(event.object_kind) else ""
    told = [event.actor_label, event.act, act_in_words(event.act), kind_in_words(event.object_kind)]
    told += [event.object_id, label, event.address or "", event.request_id]
    return " ".join(dict.fromkeys(word for part in told for word in words_of(part)))


def _facets(event: AuditEvent) -> Iterator[str]:
    if event.team_id:
        yield facet("t", event.team_id)
    yield facet("u", event.actor_id or NOBODY)
    yield facet("a", event.act)
    yield facet("k", event.object_kind)
    yield facet("o", event.object_id)

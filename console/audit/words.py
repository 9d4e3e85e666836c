"""A line as words and tokens of the index. Support may search in all of it, so what a person typed is not in it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from console.audit.acts import act_in_words, kind_in_words
from console.audit.closing import is_label_open
from console.audit.models import AuditEvent
from console.ui import word_search

NOBODY = "console"  # stands for an actor in a filter when the console itself, or nobody known, has acted


def facet(letter: str, value: Any) -> str:
    """The token of a fact that is filtered by: t team, u actor, a act, k kind of object, o object."""
    try:
        return word_search.facet(letter, UUID(str(value)))
    except ValueError:
        return word_search.facet(letter, str(value))


def facets_of(event: AuditEvent) -> str:
    """All of a line's tokens."""
    return " ".join(_facets(event))


def indexed_words(event: AuditEvent) -> str:
    """What a search finds the line by: who, what, on what, from where, in which request."""
    label = event.object_label if is_label_open(event.object_kind) else ""
    told = [event.actor_label, event.act, act_in_words(event.act), kind_in_words(event.object_kind)]
    told += [event.object_id, label, event.address or "", event.request_id]
    return " ".join(dict.fromkeys(word for part in told for word in word_search.all_words(part)))


def _facets(event: AuditEvent) -> Iterator[str]:
    if event.team_id:
        yield facet("t", event.team_id)
    yield facet("u", event.actor_id or NOBODY)
    yield facet("a", event.act)
    yield facet("k", event.object_kind)
    yield facet("o", event.object_id)

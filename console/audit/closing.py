"""What of a line support staff may read without a reason: everything but what people and models wrote.

Kinds of objects are listed where they are open; one that nobody has listed is closed.
"""

from dataclasses import dataclass
from typing import Any, Final

from console.audit.acts import act_in_words, kind_in_words
from console.audit.comparing import Change, changes
from console.audit.models import AuditEvent

CLOSED: Final = "closed"
_OPEN: Final = frozenset(
    [
        "account",
        "budget",
        "entry",
        "invitation",
        "key",
        "keyset",
        "membership",
        "project",
        "team",
        "usagesum",
        "user",
        "walletinterval",
    ]
)
# These call themselves by an id or a model's name alone; what is written in them stays closed.
_OPEN_LABELS: Final = _OPEN | {"conversation", "job", "turn"}
# What a person explains or answers in their own words, whatever it is about; what the staff typed is their own.
_PROSE: Final = frozenset(["answer", "note", "reason", "words"])
_STATES: Final = frozenset(["status", "state", "kind", "format"])  # words of ours


@dataclass(frozen=True)
class Readable:
    """A line as somebody may read it: what it is about, and what was before and after."""

    event: AuditEvent
    label: str
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def act(self) -> str:
        return act_in_words(self.event.act)

    @property
    def kind(self) -> str:
        return kind_in_words(self.event.object_kind)

    @property
    def changes(self) -> list[Change]:
        """Before and after, fact by fact."""
        return changes(self.before, self.after)


def is_label_open(kind: str) -> bool:
    """Whether an object's own name tells nothing that was written in it."""
    return kind in _OPEN_LABELS


def for_team(event: AuditEvent) -> Readable:
    """Owners and admins read what was recorded."""
    return Readable(event, event.object_label, event.before, event.after)


def for_support(event: AuditEvent) -> Readable:
    """Without what was written: a figure, a state or a name of ours stays."""
    if event.object_kind in _OPEN:
        if event.act.startswith("support."):
            return for_team(event)
        return Readable(event, event.object_label, _without_prose(event.before), _without_prose(event.after))
    label = event.object_label if is_label_open(event.object_kind) else CLOSED
    return Readable(event, label, _closed(event.before), _closed(event.after))


def _without_prose(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) if name in _PROSE else value for name, value in facts.items()}


def _closed(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in facts.items()}


def _value(name: str, value: Any) -> Any:
    return value if name in _STATES or value is None or isinstance(value, int | float) else CLOSED

"""Before and after of one line, fact by fact, for reading side by side."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.ui.times import exact

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact. `before` or `after` is None where the line does not tell it."""

    name: str
    before: str | None
    after: str | None

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def changes(before: Facts, after: Facts) -> list[Change]:
    """Every fact of either side, in the order of their telling; what did not change comes last."""
    return sorted(_compared(dict(_flat(before)), dict(_flat(after))), key=lambda change: change.is_same)


def _compared(before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        yield Change(name.replace("_", " "), before.get(name), after.get(name))


def _flat(facts: Facts, within: str = "") -> Iterator[tuple[str, str]]:
    """A fact that has parts is told part by part."""
    for name, value in facts.items():
        full = f"{within}{name}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{full} · ")
        else:
            yield full, _in_words(name, value)


def _in_words(name: str, value: Any) -> str:
    """A moment by the name of its fact, too: what a person typed stays as it was typed."""
    if isinstance(value, str) and (name == "until" or name.endswith("_at")):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(value)
            if moment.tzinfo:
                return exact(moment)
    return _told(value)


def _told(value: Any) -> str:
    match value:
        case True | False:
            return "yes" if value else "no"
        case None | "" | [] | {}:
            return "none"
        case list():
            return ", ".join(_told(each) for each in value)
        case str():
            return value
    return json.dumps(value, ensure_ascii=False)

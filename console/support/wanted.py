"""What somebody typed into the search of the staff, as each kind of thing reads it; and what is shown of a find."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from console.support.whose import team_of

_HEX = re.compile(r"[0-9a-f]{8,32}")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The text, and the ids it may be."""

    text: str

    @property
    def id(self) -> UUID | None:
        """The id it is, when it is a whole one."""
        try:
            return UUID(self.text)
        except ValueError:
            return None

    @property
    def whole_ids(self) -> list[UUID]:
        """That id, or none."""
        return [self.id] if self.id else []

    @property
    def ids(self) -> tuple[UUID, UUID] | None:
        """The first and the last id that begin with it."""
        digits = self.text.replace("-", "").lower()
        if not _HEX.fullmatch(digits):
            return None
        return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))

    @property
    def number(self) -> int | None:
        """The line of a ledger it is."""
        return int(self.text) if _NUMBER.fullmatch(self.text) else None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, whose it is, and its page in the admin site."""

    label: str
    note: str
    team: str
    at: datetime | None
    url: str
    state: str = ""

    @classmethod
    def of(cls, thing: Any, label: str, note: str, state: str = "", at: datetime | None = None) -> "Hit":
        """The find of a row; its page is the admin's own."""
        team = team_of(thing)
        url = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
        return cls(label, note, team.name if team else "", at or getattr(thing, "created_at", None), url, state)


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `has_more`: only the first are shown."""

    title: str
    icon: str
    hits: Sequence[Hit]
    has_more: bool

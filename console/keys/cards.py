"""A key as pages show it: never more of a secret than its last four characters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from console.keys.models import Key, Secret
from console.keys.scopes import Mark, marks
from console.ui import problems
from console.ui.problems import Problem


@dataclass(frozen=True)
class Card:
    """One key with all a page says about it. `secrets` has the newest first, `secret` is the one it is shown by."""

    key: Key
    secrets: list[Secret]

    @property
    def secret(self) -> Secret | None:
        active = (secret for secret in self.secrets if secret.state == Secret.State.ACTIVE)
        return next(active, self.secrets[0] if self.secrets else None)

    @property
    def retiring(self) -> Secret | None:
        return self.key.retiring_secret()

    @property
    def last_used_at(self) -> datetime | None:
        return max((secret.last_used_at for secret in self.secrets if secret.last_used_at), default=None)

    @property
    def marks(self) -> list[Mark]:
        return marks(self.secret)

    @property
    def missing(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.holds == "no"]

    @property
    def unproven(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.holds == "unproven"]

    @property
    def problem(self) -> Problem | None:
        """Why nothing is sent with the key; None while it works."""
        return None if self.key.is_usable else problems.key_paused(self.key.name, self.key.state)


def with_facts(keys: "QuerySet[Key]") -> "QuerySet[Key]":
    """What cards need, in two queries."""
    return keys.select_related("team", "account", "added_by").prefetch_related("secrets")


def cards(keys: Iterable[Key]) -> list[Card]:
    """The keys' cards, in their order."""
    return [Card(key, list(key.secrets.all())) for key in keys]

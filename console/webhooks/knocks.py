"""One request at an endpoint's door, as it came."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from console.webhooks.schemes import header_names

MOST_NAMES = 40
LONGEST_NAME = 60


@dataclass(frozen=True)
class Knock:
    """The raw bytes, the headers, and where it came from. `headers` never shows in a repr: it may hold anything."""

    raw: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    address: str | None = None

    @cached_property
    def signature_mark(self) -> str:
        """The same for two requests with the same signature headers; empty without any."""
        given = {name.lower(): value for name, value in self.headers.items() if name.lower() in header_names()}
        told = "\n".join(f"{name}:{given[name]}" for name in sorted(given))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest() if told else ""

    @cached_property
    def names(self) -> list[str]:
        """The names of its headers, without what they held."""
        return sorted(name.lower()[:LONGEST_NAME].replace("\0", "") for name in self.headers)[:MOST_NAMES]

"""The sandbox's own time: the machine's clock plus an offset that tests may push forward."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class Clock:
    """Seconds since 1970, shifted by ``offset_seconds`` so that a day can pass in a test."""

    offset_seconds: float = 0.0

    def now(self) -> float:
        return time.time() + self.offset_seconds


def written(seconds: float | None) -> str | None:
    """Return a moment as Rivya writes it: ISO 8601, UTC, milliseconds, ``Z`` (rivya-api.md §1)."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""How many calls an endpoint takes: Rivya is told to come again, so nothing is lost.

Counted in this process only, so that a call costs no statement more: with several web processes an endpoint takes as
many times more.
"""

import time
from typing import Final

from django.conf import settings

# Doors are looked up after this, so that guesses cost nothing; of those that rest nothing need be known.
_MOST_KNOWN: Final = 4096
_full_at: dict[str, float] = {}


def is_crowded(door: str) -> bool:
    """Whether this call is one too many; otherwise it is counted. Twice a second's calls may come at once."""
    most = settings.LIMIT_WEBHOOKS_PER_SECOND
    if not most:
        return False
    now = time.monotonic()
    full_at = max(_full_at.get(door, now), now)
    if full_at > now + 2.0 - 1.0 / most:
        return True
    if len(_full_at) >= _MOST_KNOWN:
        _forget(now)
    _full_at[door] = full_at + 1.0 / most
    return False


def _forget(now: float) -> None:
    for door in [door for door, full_at in _full_at.items() if full_at <= now]:
        del _full_at[door]
    if len(_full_at) >= _MOST_KNOWN:
        _full_at.clear()

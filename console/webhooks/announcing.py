"""Tell open pages that something knocked at an endpoint or became of it, in the transaction that keeps it, at most once
a second an endpoint.

What comes within that second is not told, so a storm is one small row a second and process, whatever it brings. A page
reads when it is told, and once more when the second is over, as it does after it was drawn
(`webhooks/_following.html`): so it misses nothing.
"""

from functools import partial
from time import monotonic
from typing import Final
from uuid import UUID

from django.db import transaction

from console.live.publishing import publish

QUIET_SECONDS: Final = 1.0
_told_at: dict[UUID, float] = {}


def announce(team_id: UUID, endpoint_id: UUID) -> None:
    """Inside a transaction: one that is rolled back has told nothing."""
    now = monotonic()
    if now - _told_at.get(endpoint_id, -QUIET_SECONDS) < QUIET_SECONDS:
        return
    publish(team_id, f"endpoint-{endpoint_id}")
    transaction.on_commit(partial(_told_at.__setitem__, endpoint_id, now))

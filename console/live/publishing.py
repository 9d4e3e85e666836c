"""Tell open pages that something changed, in the transaction that changes it."""

from typing import Any
from uuid import UUID

from console.live.models import Event


def publish(team_id: UUID, name: str, **data: Any) -> None:
    """Add an event for the team's open pages; `data` is small and holds nothing private beyond ids and states."""
    Event.objects.create(team_id=team_id, name=name, data=data)

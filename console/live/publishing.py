"""Tell open pages that something changed, in the transaction that changes it."""

from typing import Any, Final
from uuid import UUID

from console.live.models import Event

SEVERAL: Final = UUID(int=0)  # of more than one project: for those who see all of them


def publish(team_id: UUID, name: str, *, project_id: UUID | None = None, **data: Any) -> None:
    """Add an event for the team's open pages; `data` is small and holds nothing private beyond ids and states.

    With a `project_id` only people who see that project are told; without one, everybody in the team.
    """
    Event.objects.create(team_id=team_id, project_id=project_id, name=name, data=data)

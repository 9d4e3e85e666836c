"""Whose data something is: said on every page that shows it."""

from typing import Any

from console.support.models import Opening
from console.support.opening import opening_of
from console.teams.models import Team, User

# Where the team stands in what has none of its own.
_THROUGH = ("conversation", "key", "project", "job")


def team_of(thing: Any) -> Team | None:
    """The team whose data it is; None for what belongs to no team, such as a person."""
    if isinstance(thing, Team):
        return thing
    if isinstance(own := getattr(thing, "team", None), Team):
        return own
    for name in _THROUGH:
        if (owner := getattr(thing, name, None)) is not None:
            return team_of(owner)
    return Team.objects.filter(pk=thing.team_id).first() if getattr(thing, "team_id", None) else None


def opening_to(staff: User, team: Team | None) -> Opening | None:
    """Whether its content may be read now, and until when."""
    return opening_of(staff, team.pk) if team else None

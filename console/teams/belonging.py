"""The one condition by which a member finds what is their team's. Every `visible_to` of every room asks it."""

from typing import Any

from django.db.models import Q


def member(user: Any, team: str = "team") -> Q:
    """Whether `user` belongs to the team at the end of the path `team` ("" on teams themselves), and is not suspended.

    Both halves speak of one membership: give it to `filter` as a whole.
    """
    path = f"{team}__memberships" if team else "memberships"
    return Q(**{f"{path}__user": user, f"{path}__suspended_at": None})

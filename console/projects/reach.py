"""Which projects of a team a person may see: the one place that pages, sums, exports and searches ask."""

from uuid import UUID

from django.db.models import Q

from console.projects.models import ProjectMember
from console.teams.models import Membership


def within(membership: Membership, path: str = "project") -> Q:
    """What narrows rows of the membership's team to the projects it sees; nothing for who sees all of them.

    `path` leads from the row to its project. One subquery on an index, a handful of ids.
    """
    if membership.sees_all:
        return Q()
    named = ProjectMember.objects.filter(membership=membership, project__team=membership.team_id)
    return Q((f"{path}__in", named.values("project")))


def reach_of(membership: Membership) -> tuple[UUID, ...] | None:
    """The ids of the projects that the membership sees; None: all of the team."""
    if membership.sees_all:
        return None
    named = ProjectMember.objects.filter(membership=membership, project__team=membership.team_id)
    return tuple(named.order_by("project").values_list("project", flat=True))

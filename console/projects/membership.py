"""Which projects of their team a member may enter."""

from collections.abc import Sequence

from django.http import HttpRequest

from console.audit.recording import record
from console.projects.models import Project, ProjectMember
from console.teams.models import Membership, User


def limit(membership: Membership, projects: Sequence[Project], *, actor: User, request: HttpRequest) -> None:
    """Let the member into these projects of the team and no other. Inside the caller's transaction."""
    membership.all_projects = False
    membership.save(update_fields=["all_projects"])
    ProjectMember.objects.filter(membership=membership).exclude(project__in=projects).delete()
    new = [ProjectMember(membership=membership, project=project) for project in projects]
    ProjectMember.objects.bulk_create(new, ignore_conflicts=True)
    told = {"projects": sorted(project.name for project in projects)}
    record("member.limited", membership, team_id=membership.team_id, actor=actor, after=told, request=request)

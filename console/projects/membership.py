"""Who sees which projects: a member or viewer is let into all of a team, or into some of them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from console.audit.recording import Actor, record
from console.projects.models import Project, ProjectMember
from console.teams.models import Membership


class ForeignProject(Exception):
    """A project of another team was named."""


def limit(
    membership: Membership, projects: Iterable[Project], *, actor: Actor | None, request: HttpRequest | None = None
) -> None:
    """From now on the person sees these projects of the team, and no others. None at all is allowed.

    Of an owner or admin it is kept for the day they are one no more. Raises ForeignProject, and changes nothing.
    """
    wanted = {project.pk: project for project in projects}
    if any(project.team_id != membership.team_id for project in wanted.values()):
        raise ForeignProject
    with transaction.atomic():
        held, before = _held(membership)
        kept = ProjectMember.objects.filter(membership=held)
        kept.exclude(project__in=wanted).delete()
        ProjectMember.objects.bulk_create(
            [ProjectMember(membership=held, project_id=pk) for pk in wanted], ignore_conflicts=True
        )
        _settle(held, before, all_projects=False, actor=actor, request=request)
    membership.all_projects = False


def open_to_all(membership: Membership, *, actor: Actor | None, request: HttpRequest | None = None) -> None:
    """From now on the person sees every project of the team, also those still to come."""
    with transaction.atomic():
        held, before = _held(membership)
        ProjectMember.objects.filter(membership=held).delete()
        _settle(held, before, all_projects=True, actor=actor, request=request)
    membership.all_projects = True


def let_in(
    membership: Membership, project: Project, *, actor: Actor | None, request: HttpRequest | None = None
) -> None:
    """One project more for a person who sees some only. Raises ForeignProject."""
    with transaction.atomic():
        held, _before = _held(membership)
        limit(held, [*_named(held), project], actor=actor, request=request)
    membership.all_projects = False


def shut_out(
    membership: Membership, project: Project, *, actor: Actor | None, request: HttpRequest | None = None
) -> None:
    """One project less for a person who sees some only."""
    with transaction.atomic():
        held, _before = _held(membership)
        limit(held, [each for each in _named(held) if each != project], actor=actor, request=request)
    membership.all_projects = False


def _named(membership: Membership) -> list[Project]:
    return list(Project.objects.filter(members__membership=membership))


def _held(membership: Membership) -> tuple[Membership, "dict[str, object]"]:
    held = Membership.objects.select_for_update(of=("self",)).select_related("team", "user").get(pk=membership.pk)
    return held, _facts(held)


def _settle(
    held: Membership,
    before: "dict[str, object]",
    *,
    all_projects: bool,
    actor: Actor | None,
    request: HttpRequest | None,
) -> None:
    held.all_projects = all_projects
    held.save(update_fields=["all_projects"])
    after = _facts(held)
    if before != after:
        act = "member.opened_to_all" if all_projects else "member.limited"
        record(act, held, team_id=held.team_id, actor=actor, before=before, after=after, request=request)


def _facts(held: Membership) -> "dict[str, object]":
    if held.all_projects:
        return {"projects": "all"}
    named: list[UUID] = list(
        ProjectMember.objects.filter(membership=held).order_by("project__name").values_list("project", flat=True)
    )
    return {"projects": [str(pk) for pk in named]}

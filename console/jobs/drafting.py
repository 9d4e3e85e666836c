"""What the new-job page is about, read from an address or from a form: project, model, earlier job, chosen files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from console.catalogue.models import CatalogueModel
from console.files.models import ReferenceFile
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.access import Act, TeamRequest, current_membership, enter
from console.teams.models import User

SHOWN_FILES = 24


class NoTeam(Exception):
    """The person belongs to no team."""


@dataclass
class Draft:
    """A job that is being asked for. `source` is edited into a new one; `already` is what this very form has made.

    `lost` counts chosen files that are not in the project's library (any more).
    """

    request: TeamRequest
    project: Project | None
    model: CatalogueModel | None
    source: Job | None
    already: Job | None
    submission: UUID
    files: list[ReferenceFile] = field(default_factory=list)
    lost: int = 0

    @property
    def projects(self) -> list[Project]:
        """The open projects of the team."""
        return list(Project.objects.open().filter(team=self.request.team))

    @property
    def earlier(self) -> Job | None:
        """The job whose values the form begins with."""
        return self.already or self.source


def draft_of(request: HttpRequest, told: QueryDict) -> Draft:
    """Find everything through the asker. Raises Http404 for what they cannot see, PermissionDenied, NoTeam.

    An address (GET) is filled up from the earlier job and from habits; a form (POST) says everything itself. A form
    that has made its job shows that job, whatever its address said.
    """
    submission = _uuid(told.get("form")) or uuid4()
    already = Job.objects.filter(submission=submission, created_by=_person(request)).select_related("project").first()
    source = _source(request, told.get("from", ""))
    earlier = (already or source) if told is not request.POST else None
    if earlier is not None and earlier is already:
        told = QueryDict(f"form={submission}")
    project = _project(request, _told_project(told, earlier))
    entered = enter(request, project.team, Act.SUBMIT) if project else _enter_current(request)
    habits = _last_job(entered) if "model" not in told else None
    project = project or _usual_project(entered, habits)
    model = _model(told, project, earlier, habits)
    draft = Draft(entered, project, model, source, already, submission)
    wanted = _uuids(told.getlist("reference"))
    if earlier is not None and "reference" not in told:
        wanted = [given.file_id for given in earlier.inputs.all()]
    draft.files = _files(project, wanted)
    draft.lost = len(wanted) - len(draft.files)
    return draft


def choosable(project: Project, kinds: Iterable[str]) -> list[ReferenceFile]:
    """The newest files of the library, for a page without scripts."""
    kept = ReferenceFile.objects.kept().filter(project=project, kind__in=list(kinds))
    return list(kept.order_by("-created_at", "-id")[:SHOWN_FILES])


def given_by(source: Job | None) -> Mapping[str, Any]:
    """The params of an earlier job, as they travelled."""
    return source.params if source is not None and isinstance(source.params, dict) else {}


def _source(request: HttpRequest, wanted: str) -> Job | None:
    if not wanted:
        return None
    jobs = Job.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(jobs, pk=_uuid_or_404(wanted))


def _project(request: HttpRequest, wanted: str) -> Project | None:
    if not wanted:
        return None
    projects = Project.objects.open().visible_to(request.user).select_related("team", "key__account")
    return get_object_or_404(projects, pk=_uuid_or_404(wanted))


def _told_project(told: QueryDict, earlier: Job | None) -> str:
    named = told.get("project", "")
    usable = earlier is not None and earlier.project.archived_at is None
    return named or (str(earlier.project_id) if usable and earlier is not None else "")


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _enter_current(request: HttpRequest) -> TeamRequest:
    membership = current_membership(request)
    if membership is None:
        raise NoTeam
    return enter(request, membership.team, Act.SUBMIT)


def _last_job(request: TeamRequest) -> Job | None:
    mine = Job.objects.filter(team=request.team, created_by=request.user)
    return mine.only("project_id", "model").order_by("-created_at", "-id").first()


def _usual_project(request: TeamRequest, habits: Job | None) -> Project | None:
    mine = Project.objects.open().filter(team=request.team).select_related("team", "key__account")
    usual = mine.filter(pk=habits.project_id).first() if habits else None
    return usual or mine.first()


def _model(told: QueryDict, project: Project | None, earlier: Job | None, habits: Job | None) -> CatalogueModel | None:
    """The model asked for, whatever its state; else the project's own, else the one used last, if it can be called."""
    named = told.get("model", "") or (earlier.model if earlier else "")
    if named or "model" in told:
        return CatalogueModel.objects.filter(pk=named).first()
    usual = [project.default_model if project else "", habits.model if habits else ""]
    found = CatalogueModel.objects.callable().in_bulk([name for name in usual if name])
    return next((found[name] for name in usual if name in found), None)


def _files(project: Project | None, wanted: list[UUID]) -> list[ReferenceFile]:
    kept = ReferenceFile.objects.kept().filter(project=project, pk__in=wanted) if project and wanted else []
    found = {file.pk: file for file in kept}
    return [found[pk] for pk in wanted if pk in found]


def _uuids(texts: Iterable[str]) -> list[UUID]:
    return list(dict.fromkeys(pk for text in texts if (pk := _uuid(text))))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _uuid_or_404(text: str) -> UUID:
    if found := _uuid(text):
        return found
    raise Http404

"""What the new-job page is about, read from an address or from a form: project, model, earlier job, chosen files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from console.catalogue.models import CatalogueModel
from console.files.models import ReferenceFile
from console.jobs.models import Job
from console.projects.models import Project
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, enter, may

SHOWN_FILES = 24


@dataclass
class Draft:
    """A job that is being asked for. `source` is edited into a new one; `already` is what this very form has made.

    `files` are the chosen ones; where the model takes none they wait for another model, and are not sent.
    `models` are all that Rivya lists, `projects` the team's open ones. `is_foreign`: somebody else's form made a job
    under this name. `lost` counts chosen files that are not in the project's library (any more).
    """

    request: TeamRequest
    submission: UUID
    projects: list[Project]
    project: Project | None
    models: list[CatalogueModel]
    model: CatalogueModel | None
    source: Job | None = None
    already: Job | None = None
    is_foreign: bool = False
    files: list[ReferenceFile] = field(default_factory=list)
    lost: int = 0

    @property
    def references(self) -> list[ReferenceFile]:
        """The files that are sent."""
        return self.files if self.model is not None and self.model.references.takes_any else []

    @property
    def earlier(self) -> Job | None:
        """The job whose values the form begins with."""
        return self.already or self.source


def draft_of(request: TeamRequest, told: QueryDict) -> Draft:
    """Find everything through the asker. Raises Http404 for what they cannot see, PermissionDenied.

    An address (GET) is filled up from the earlier job and from habits; a form (POST) says everything itself. A form
    that has made its job shows that job, whatever its address said.
    """
    submission = _uuid(told.get("form")) or uuid4()
    made = _jobs().filter(submission=submission).first()
    already = made if made is not None and made.created_by_id == request.user.pk else None
    source = (
        get_object_or_404(_jobs().visible_to(request.user), pk=_known(told.get("from", "")))
        if told.get("from")
        else None
    )
    earlier = (already or source) if told is not request.POST else None
    if earlier is not None and earlier is already:
        told = QueryDict(f"form={submission}")
    project = _project(request, told, earlier)
    request = _entered(request, project)
    projects = list(_projects().seen_by(request.membership))
    habits = _last_job(request) if "model" not in told and earlier is None else None
    project = project or _usual(projects, habits)
    models = list(CatalogueModel.objects.listed())
    model = _model(models, told, project, earlier, habits)
    draft = Draft(request, submission, projects, project, models, model, source, already)
    draft.is_foreign = made is not None and already is None
    draft.files, draft.lost = _files(project, told, earlier)
    return draft


def choosable(project: Project, kinds: Iterable[str]) -> list[ReferenceFile]:
    """The newest files of the library, for a page without scripts."""
    kept = ReferenceFile.objects.kept().filter(project=project, kind__in=list(kinds))
    return list(kept.order_by("-created_at", "-id")[:SHOWN_FILES])


def given_by(earlier: Job | None) -> Mapping[str, Any]:
    """The params of an earlier job, as they travelled."""
    return earlier.params if earlier is not None and isinstance(earlier.params, dict) else {}


def _jobs() -> Any:
    return Job.objects.select_related("project__team", "project__key__account")


def _projects() -> Any:
    return Project.objects.open().select_related("team", "key__account")


def _project(request: TeamRequest, told: QueryDict, earlier: Job | None) -> Project | None:
    if told.get("project"):
        found: Project = get_object_or_404(_projects().visible_to(request.user), pk=_known(told.get("project", "")))
        return found
    return earlier.project if earlier is not None and earlier.project.archived_at is None else None


def _entered(request: TeamRequest, project: Project | None) -> TeamRequest:
    """In the project's team, where the role allows to submit; else in the current one."""
    team = project.team if project is not None else request.team
    if team != request.team or not may(request.membership.role, Act.SUBMIT):
        return enter(request, team, Act.SUBMIT)
    return request


def _last_job(request: TeamRequest) -> Job | None:
    mine = Job.objects.filter(within(request.membership), team=request.team, created_by=request.user)
    return mine.only("project_id", "model").order_by("-created_at", "-id").first()


def _usual(projects: list[Project], habits: Job | None) -> Project | None:
    usual = (project for project in projects if habits is not None and project.pk == habits.project_id)
    return next(usual, projects[0] if projects else None)


def _model(
    listed: list[CatalogueModel],
    told: QueryDict,
    project: Project | None,
    earlier: Job | None,
    habits: Job | None,
) -> CatalogueModel | None:
    """The model asked for, whatever its state; else the project's own, else the one used last, if it can be called."""
    known = {model.pk: model for model in listed}
    named = told.get("model", "").replace("\0", "") or (earlier.model if earlier else "")  # PostgreSQL takes no NUL
    if named or "model" in told:
        return known.get(named) or CatalogueModel.objects.filter(pk=named).first()
    usual = [project.default_model if project else "", habits.model if habits else ""]
    return next((known[name] for name in usual if name in known and known[name].is_callable), None)


def _files(project: Project | None, told: QueryDict, earlier: Job | None) -> tuple[list[ReferenceFile], int]:
    """The chosen files that are in the project's library, in their order, and how many of the chosen are not."""
    if earlier is not None and "reference" not in told:
        given = [each.file for each in earlier.inputs.select_related("file")]
    else:
        named = [*told.getlist("reference"), *told.getlist("left_out")]
        wanted = dict.fromkeys(filter(None, map(_uuid, named)))
        found = ReferenceFile.objects.in_bulk(wanted) if wanted else {}
        given = [found.get(pk) or ReferenceFile() for pk in wanted]
    kept = [file for file in given if project and file.project_id == project.pk and file.removed_at is None]
    return kept, len(given) - len(kept)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _known(text: str) -> UUID:
    if found := _uuid(text):
        return found
    raise Http404

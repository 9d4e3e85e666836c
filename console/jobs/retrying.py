"""Ask for a failed job again, as it was: the order that its form would make today, or why there is none."""

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError

from console.catalogue.fields import ParametersForm
from console.catalogue.models import CatalogueModel
from console.credits import ledger
from console.files.models import ReferenceFile
from console.jobs.creating import CannotCreate, create_job
from console.jobs.models import Job
from console.jobs.opening import Order, RetriedBefore
from console.projects.models import Project
from console.teams.models import User

TRIED_BEFORE: Final = "It was tried again before."


class CannotRetry(Exception):
    """This job is not sent again as it was; the text says why, to a person."""


def retry(job: Job, person: User, submission: UUID, *, most_credits: int) -> Job:
    """A new job like this one, through the same door as a person's own. The same submission is the same job.

    Raises CannotRetry; then nothing was written. Never reserves more than `most_credits`.
    """
    if already := Job.objects.filter(submission=submission, team_id=job.team_id).first():
        return already
    order, files = order_like(job, person, submission)
    if order.quoted_credits > most_credits:
        raise CannotRetry(f"The price has risen from {most_credits:,} to {order.quoted_credits:,} since the quote.")
    try:
        return create_job(order, files)
    except RetriedBefore:  # by somebody else, while the references went to Rivya
        raise CannotRetry(TRIED_BEFORE) from None
    except CannotCreate as cannot:
        raise CannotRetry(f"{cannot.problem.title}. {cannot.problem.what_happened}"[:300]) from None


def order_like(job: Job, person: User, submission: UUID) -> tuple[Order, list[ReferenceFile]]:
    """What would be asked for now. Raises CannotRetry. Reads only."""
    if job.status not in (Job.Status.FAILED, Job.Status.REFUSED):
        raise CannotRetry(f"It is not over, or it did not fail: {job.get_status_display().lower()}.")
    if Job.objects.filter(retried_from=job).exists():
        raise CannotRetry(TRIED_BEFORE)
    project, model = _project(job), _model(job)
    params = _params(model, job.params if isinstance(job.params, dict) else {})
    if model.max_prompt_length is not None and len(job.prompt) > model.max_prompt_length:
        raise CannotRetry(f"{model} takes {model.max_prompt_length:,} characters by now; the prompt has more.")
    files = _files(job, model)
    order = Order(submission, project, person, model, job.prompt, params, retried_from=job, only_retry=True)
    if not ledger.month_now(project).holds(order.quoted_credits):
        raise CannotRetry(f"The budget of {project} has no room for it.")
    return order, files


def _project(job: Job) -> Project:
    project = Project.objects.select_related("team", "key__account").get(pk=job.project_id)
    if project.archived_at is not None:
        raise CannotRetry(f"The project {project} is archived.")
    if project.key is None:
        raise CannotRetry(f"The project {project} has no key.")
    secret = project.key.current_secret() if project.key.is_usable else None
    if secret is None:
        raise CannotRetry(f"The key {project.key.name} is not in use.")
    if secret.scopes.get("generations:create") == "no":
        raise CannotRetry(f"The key {project.key.name} lacks the scope to start jobs.")
    return project


def _model(job: Job) -> CatalogueModel:
    model = CatalogueModel.objects.filter(pk=job.model).first()
    if model is None or model.gone_at is not None:
        raise CannotRetry(f"{job.model_name} is no longer offered.")
    if not model.is_callable:
        raise CannotRetry(f"{model} cannot be called at the moment.")
    if model.base_credits is None:
        raise CannotRetry(f"{model} names no price.")
    return model


def _params(model: CatalogueModel, given: dict[str, Any]) -> dict[str, Any]:
    """The same values, checked by the model's form as it is now."""
    form, found = ParametersForm(model), {}
    unknown = given.keys() - {parameter.key for parameter in form.parameters.values()}
    if unknown:
        raise CannotRetry(f"{model} takes no {min(unknown)} any more.")
    for name, parameter in form.parameters.items():
        field = form.fields[name]
        try:
            value = field.clean(field.prepare_value(given[parameter.key]) if parameter.key in given else None)
        except ValidationError as error:
            raise CannotRetry(f"{model} no longer takes its {parameter.label}: {error.messages[0]}"[:300]) from None
        if value is not None and value != "":
            found[parameter.key] = value
    return found


def _files(job: Job, model: CatalogueModel) -> list[ReferenceFile]:
    files = [each.file for each in job.inputs.select_related("file")]
    for file in files:
        if file.removed_at is not None:
            raise CannotRetry(f"The reference file {file.name} was removed.")
        if file.project_id != job.project_id:
            raise CannotRetry(f"The reference file {file.name} is in another project.")
    for problem in model.references.problems(str(model), files):
        raise CannotRetry(problem[:300])
    return files

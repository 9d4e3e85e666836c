"""Send a failed job's request again as a new job, as it stands: nobody of the staff reads or edits it on the way.

The same functions and checks as the form of a new job: the model as it is now, the references, the key, the budget.
What no longer fits is the team's to edit.
"""

from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from console.audit.recording import record
from console.catalogue.fields import ParametersForm
from console.catalogue.models import CatalogueModel
from console.files.models import ReferenceFile
from console.jobs.creating import create_job
from console.jobs.models import Job
from console.jobs.opening import Order, RetriedBefore
from console.teams.models import User

RETRIED: Final = (Job.Status.FAILED, Job.Status.REFUSED)


class CannotRetry(Exception):
    """Its request does not fit any more; nothing was sent. The text says why, without a word of the request."""


def can_be_retried(job: Job) -> bool:
    """Whether it has ended without a result, in a project that still works."""
    return job.status in RETRIED and job.project.archived_at is None


def retry(job: Job, submission: UUID, staff: User, request: HttpRequest) -> Job:
    """The new job; the same form sent twice makes one. Raises CannotRetry, and CannotCreate and SubmissionTaken as
    `create_job` does.
    """
    model, files = _model(job), _files(job)
    if already := Job.objects.filter(submission=submission, created_by=staff, retried_from=job).first():
        return already
    # Before the job, which may need its files uploaded first: an act of the staff without its line must not be.
    asked = {"form": str(submission), "credits": model.base_credits}
    record("support.retry_asked", job, team_id=job.team_id, actor=staff, after=asked, request=request)
    order = Order(submission, job.project, staff, model, job.prompt, job.params, retried_from=job, only_retry=True)
    try:
        return create_job(order, files)
    except RetriedBefore:
        raise CannotRetry("It was tried again before; see what became of that.") from None


def _model(job: Job) -> CatalogueModel:
    if not can_be_retried(job):
        raise CannotRetry("This job has not ended without a result, or its project is archived.")
    model = CatalogueModel.objects.callable().filter(pk=job.model).first()
    if model is None:
        raise CannotRetry(f"{job.model_name} cannot be called at the moment.")
    too_long = model.max_prompt_length is not None and len(job.prompt) > model.max_prompt_length
    if too_long or (model.prompt_is_required and not job.prompt.strip()):
        raise CannotRetry(f"{model} has changed: it no longer takes this prompt. The team has to edit it.")
    if not _parameters_fit(model, job.params):
        raise CannotRetry(f"{model} has changed: it no longer takes these parameters. The team has to choose anew.")
    return model


def _parameters_fit(model: CatalogueModel, given: object) -> bool:
    """Whether the model's own form, as it is now, would send just these values."""
    form = ParametersForm(model)
    known = {parameter.key: form.fields[name] for name, parameter in form.parameters.items()}
    if not isinstance(given, dict) or given.keys() - known.keys():
        return False
    try:
        for key, field in known.items():
            if key in given and field.clean(field.prepare_value(given[key])) != given[key]:
                return False
    except ValidationError:
        return False
    return all(key in given for key, field in known.items() if field.required)


def _files(job: Job) -> list[ReferenceFile]:
    model = CatalogueModel.objects.get(pk=job.model)
    files = [each.file for each in job.inputs.select_related("file")]
    if any(file.removed_at is not None for file in files):
        raise CannotRetry("A reference file was removed from the project's library. The team has to choose again.")
    if model.references.problems(str(model), files):
        raise CannotRetry(f"{model} has changed: it no longer takes these reference files.")
    return files

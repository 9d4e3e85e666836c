"""Make a job of a checked form: references to Rivya first, then intent and reservation in one transaction."""

import asyncio
from dataclasses import replace

from django.urls import reverse

from console import rivya
from console.credits import ledger
from console.credits.stopping import budget_stop
from console.files.models import ReferenceFile, Upload
from console.files.uploading import ensure_upload
from console.jobs.models import Job
from console.jobs.opening import KeyUnusable, Order, open_job, usable_secret
from console.keys import clients
from console.keys.models import Secret
from console.projects.models import Project
from console.ui import problems
from console.ui.problems import Problem


class CannotCreate(Exception):
    """The job was not made and nothing was written; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def create_job(order: Order, files: list[ReferenceFile]) -> Job:
    """Open the job of this order with these references. Its files are at Rivya before it is written: a failed upload
    leaves no job.

    Raises CannotCreate, and SubmissionTaken and RetriedBefore as `open_job` does.
    """
    try:
        secret = usable_secret(order.project)
        _look_for_room(order)
        uploads = _uploaded(files, secret, order.model.pk) if files else []
        return open_job(replace(order, references=list(zip(files, uploads, strict=True))))
    except KeyUnusable:
        raise CannotCreate(_no_key(order.project)) from None
    except clients.CannotOpen:
        raise CannotCreate(_told(problems.key_paused(str(order.project.key), "unopenable"))) from None
    except ledger.BudgetReached as reached:
        raise CannotCreate(_told(budget_stop(reached))) from None
    except rivya.RivyaError as error:
        raise CannotCreate(_upload_failed(error)) from None


def _look_for_room(order: Order) -> None:
    """Before anything is uploaded; what counts is the reservation in `open_job`."""
    month = ledger.month_now(order.project)
    if not month.holds(order.quoted_credits):
        raise ledger.BudgetReached(order.project, order.quoted_credits, month.left or 0)


@clients.from_sync
async def _uploaded(files: list[ReferenceFile], secret: Secret, model: str) -> list[Upload]:
    """All at once; the first failure is told when every one has come to its end."""
    ended = await asyncio.gather(*(ensure_upload(file, secret, model=model) for file in files), return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in ended if isinstance(outcome, Upload)]


def _no_key(project: Project) -> Problem:
    if project.key is not None:
        return _told(problems.key_paused(project.key.name, project.key.state))
    settings_url = reverse("projects:edit", args=[project.pk])
    return _told(problems.key_missing(project.name)).leading_to(settings_url, "Choose a key")


def _upload_failed(error: rivya.RivyaError) -> Problem:
    """Uploads cost nothing, and there is no job that would be tried again by itself."""
    if isinstance(error, rivya.Invalid):
        said = f" Rivya says: {error.message}" if error.message else ""
        return _told(problems.file_refused(f"Rivya did not take a reference file.{said}"))
    told = replace(problems.from_error(error), charged="no")
    if told.status < 502:
        return replace(told, status=502)
    return replace(told, next_step="A reference file did not get to Rivya, so no job was made. Generate again.")


def _told(problem: Problem) -> Problem:
    """In the form, as something the person can put right."""
    return replace(problem, charged="no", status=422)

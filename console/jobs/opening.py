"""Open a job: intent, idempotency key, exact bytes and reservation in one transaction, before anything is sent."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from console import rivya
from console.catalogue.models import CatalogueModel
from console.credits import ledger
from console.files.models import ReferenceFile, Upload
from console.jobs.models import Job, JobInput, Step
from console.jobs.timeline import note
from console.keys.models import Secret
from console.live.publishing import publish
from console.projects.models import Project
from console.teams.models import User
from console.ui.amounts import credits_in_words

# Our own deadline (rivya-api.md A17 gives none): past it a job's outcome is unknown, not failed.
DEADLINE = {"image": timedelta(minutes=20), "audio": timedelta(minutes=30), "video": timedelta(minutes=90)}


class KeyUnusable(Exception):
    """The project has no key, or its key has no secret that works; nothing was written."""


class SubmissionTaken(Exception):
    """This form was made for somebody else; nothing was written."""


class RetriedBefore(Exception):
    """There is a job already that repeats the same one; nothing was written."""


@dataclass(frozen=True)
class Order:
    """A checked wish: what a person asked for, ready to be written down.

    `only_retry`: refused when the job that it repeats was tried again before. A person may repeat one as often as they
    press; whoever repeats many at once, or another team's, may not.
    """

    submission: UUID
    project: Project
    person: User
    model: CatalogueModel
    prompt: str
    params: dict[str, Any]
    references: list[tuple[ReferenceFile, Upload]] = field(default_factory=list)
    retried_from: Job | None = None
    only_retry: bool = False

    @property
    def quoted_credits(self) -> int:
        return self.model.base_credits or 0


def open_job(order: Order) -> Job:
    """Write the job down and make it due. The same submission again returns the job it made.

    Raises KeyUnusable, ledger.BudgetReached, SubmissionTaken, RetriedBefore. Sends nothing: the worker does.
    """
    if already := _made_by(order):
        return already
    secret = usable_secret(order.project)
    try:
        with transaction.atomic():
            if order.retried_from is not None:
                _take_turn(order, order.retried_from)
            return _write(order, secret)
    except IntegrityError:
        if already := _made_by(order):  # the other half of a double click was faster
            return already
        raise


def usable_secret(project: Project) -> Secret:
    """The secret that new jobs of the project are sent with. Raises KeyUnusable."""
    secret = project.key.current_secret() if project.key and project.key.is_usable else None
    if secret is None:
        raise KeyUnusable(f"{project} has no working key.")
    return secret


def _made_by(order: Order) -> Job | None:
    job = Job.objects.filter(submission=order.submission).first()
    if job and (job.created_by_id, job.team_id) != (order.person.pk, order.project.team_id):
        raise SubmissionTaken
    return job


def _take_turn(order: Order, repeated: Job) -> None:
    """Those who repeat the same job write one after the other, so that each sees what the others made."""
    Job.objects.select_for_update().values_list("pk").get(pk=repeated.pk)
    if order.only_retry and Job.objects.filter(retried_from=repeated).exists():
        raise RetriedBefore


def _write(order: Order, secret: Secret) -> Job:
    now, job_id = timezone.now(), uuid4()
    job = Job.objects.create(
        id=job_id,
        team_id=order.project.team_id,
        project=order.project,
        key_id=secret.key_id,
        secret=secret,
        account_id=secret.key.account_id,
        created_by=order.person,
        submission=order.submission,
        retried_from=order.retried_from,
        model=order.model.pk,
        model_name=order.model.display_name,
        kind=order.model.category,
        prompt=order.prompt,
        params=order.params,
        body=_body(order, job_id),
        idempotency_key=str(uuid4()),
        quoted_credits=order.quoted_credits,
        created_at=now,
        deadline_at=now + DEADLINE.get(order.model.category, DEADLINE["video"]),
        next_check_at=now,
    )
    JobInput.objects.bulk_create(
        JobInput(job=job, position=position, file=file, upload=upload)
        for position, (file, upload) in enumerate(order.references)
    )
    subject = ledger.Subject(job.pk, "job", job.model, job.kind)
    ledger.reserve(subject, project=order.project, key=secret.key, person=order.person, credits=job.quoted_credits)
    note(job.pk, Step.Source.PERSON, Step.Kind.CREATED, str(order.person), bytes=len(job.body), key=secret.last_four)
    note(
        job.pk, Step.Source.LEDGER, Step.Kind.RESERVED, credits_in_words(job.quoted_credits), credits=job.quoted_credits
    )
    publish(job.team_id, "jobs-new", id=str(job.pk), project=str(job.project_id), project_id=job.project_id)
    return job


def _body(order: Order, job_id: UUID) -> bytes:
    params = dict(order.params)
    if order.references:
        params["referenceMediaItems"] = [_item(file, upload) for file, upload in order.references]
    return rivya.GenerationCalls.encode(
        model=order.model.pk, prompt=order.prompt or None, params=params, client_request_id=f"job-{job_id}"
    )


def _item(file: ReferenceFile, upload: Upload) -> dict[str, Any]:
    """snake_case of the upload's answer becomes camelCase here (rivya-api.md §4.3)."""
    item: dict[str, Any] = {"url": upload.url, "kind": upload.kind, "name": file.name, "mimeType": upload.mime_type}
    if upload.duration_seconds is not None:
        item["durationSeconds"] = upload.duration_seconds
    if upload.duration_token:
        item["durationToken"] = upload.duration_token
    return item

"""Jobs that went wrong, for tests of the desk: moved by a plain update, as anything may move them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from console.failures.finding import find
from console.failures.grouping import group_failures
from console.failures.models import Cause, CauseDay, CauseShare, Changed, Failure
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job

CODE = "generation_failed"


def fail(project: Project, person: User, code: str = CODE, message: str = "It broke.", **fields: Any) -> Job:
    """One job that Rivya took and could not finish; grouped at once."""
    told = {"status": Job.Status.FAILED, "finished_at": timezone.now(), "final_credits": 0, **fields}
    job = make_job(project, person, error_code=code, error_message=message, **told)
    group_failures()
    return job


def fail_many(job: Job, count: int, message: str, **fields: Any) -> list[Job]:
    """Copies of a failed job, written without its ledger."""
    copies = []
    names = {field.attname for field in Job._meta.concrete_fields} - {"id", "submission", "idempotency_key", "rivya_id"}
    for number in range(count):
        told = {name: getattr(job, name) for name in names} | {"error_message": message.format(number), **fields}
        copies.append(Job(submission=uuid4(), idempotency_key=str(uuid4()), **told))
    return Job.objects.bulk_create(copies, batch_size=200)


def assert_equal_to_the_jobs(now: datetime | None = None) -> None:
    """Every sum of the desk, worked out anew from the jobs alone."""
    assert not Changed.objects.exists()
    found = [each for each in find(Job.objects.values_list("pk", flat=True), now).values() if not each.ripens_at]
    causes = {cause.pk: cause for cause in Cause.objects.all()}
    keys = {pk: (cause.team_id, cause.code, cause.model, cause.message) for pk, cause in causes.items()}
    assert {failure.pk for failure in Failure.objects.exclude(cause=None)} == {each.job_id for each in found}
    for pk, key in keys.items():
        its = [each for each in found if each.key == key]
        kept = (causes[pk].count, causes[pk].charged, causes[pk].returned)
        assert kept == (len(its), sum(each.charged for each in its), sum(each.returned for each in its))
        seen = sorted(each.failed_at for each in its)
        assert (causes[pk].first_seen_at, causes[pk].last_seen_at) == ((seen[0], seen[-1]) if seen else (None, None))
        days = {day.day: day.count for day in CauseDay.objects.filter(cause_id=pk)}
        assert days == {day: sum(each.day == day for each in its) for day in {each.day for each in its}}
        shares = {(share.project_id, share.person_id): share.count for share in CauseShare.objects.filter(cause_id=pk)}
        told = [(each.project_id, each.person_id) for each in its]
        assert shares == {share: told.count(share) for share in set(told)}
    assert {each.key for each in found} <= set(keys.values())

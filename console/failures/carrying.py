"""Carry bulk retries: any number of workers, each of which may die at any moment, and no job is tried twice.

A row is claimed by a lease. What makes it safe is not the lease but the row's id, which is the submission of the job it
becomes: carried again after a kill, it finds the job that was opened before, and writes that down.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from console.engine.leases import claim
from console.failures.models import Bulk, BulkItem
from console.jobs.models import Job
from console.jobs.retrying import CannotRetry, retry
from console.live.publishing import SEVERAL, publish
from console.teams.access import Act, allows
from console.teams.models import Membership, User

AT_ONCE: Final = 5
LEASE_SECONDS: Final = 30.0
MOST_SECONDS: Final = 5  # then the worker looks at its clock again


def carry_retries() -> bool:
    """Carry what waits, a few rows at a time; whether anything did."""
    found, ends_at = False, timezone.now() + timedelta(seconds=MOST_SECONDS)
    while timezone.now() < ends_at and carry_some():
        found = True
    return found


def carry_some() -> int:
    """Claim a few rows and carry them; how many those were."""
    begun = Bulk.objects.filter(state__in=(Bulk.State.RUNNING, Bulk.State.STOPPED), ended_at=None)
    waiting = BulkItem.objects.filter(state=BulkItem.State.WAITING, bulk_id__in=begun.values("pk"))
    _, claimed = claim(waiting, order="position", limit=AT_ONCE, lease_seconds=LEASE_SECONDS)
    for item in claimed:
        carry(item)
    return len(claimed)


def carry(item: BulkItem) -> None:
    """Try one job again, or write down why not."""
    bulk = Bulk.objects.select_related("cause", "person").get(pk=item.bulk_id)
    try:
        new_job: Job | None = _tried(bulk, item)
        reason = ""
    except CannotRetry as cannot:
        # Looked for once more: another worker may have opened it between our look and our refusal.
        new_job, reason = Job.objects.filter(submission=item.pk).first(), str(cannot)[:300]
        reason = "" if new_job else reason
    state = BulkItem.State.SENT if new_job else BulkItem.State.SKIPPED
    with transaction.atomic():
        # Another worker may have carried it meanwhile; a job that was opened is the truth, whoever opened it.
        rows = BulkItem.objects.filter(pk=item.pk).exclude(state=BulkItem.State.SENT)
        rows.update(state=state, new_job=new_job, reason=reason, lease=None, leased_until=None)
        _end(bulk)
        publish(bulk.cause.team_id, f"retries-{bulk.pk}", project_id=SEVERAL)


def _tried(bulk: Bulk, item: BulkItem) -> Job:
    job = Job.objects.defer("body").get(pk=item.job_id)
    made = Job.objects.filter(submission=item.pk).first()
    if made is not None:  # by a worker that was killed before it could write it down
        return made
    if bulk.state != Bulk.State.RUNNING:
        raise CannotRetry("The bulk retry was stopped before its turn.")
    left = bulk.quoted_credits - spent(bulk)
    if left < item.quoted_credits:
        raise CannotRetry("The quote was used up: earlier jobs reserved more than they were quoted at.")
    return retry(job, _person(bulk), item.pk, most_credits=item.quoted_credits)


def spent(bulk: Bulk) -> int:
    """Credits that its new jobs have cost or hold, as far as is known now."""
    figure = Coalesce("final_credits", "reserved_credits", "quoted_credits")
    made = Job.objects.filter(submission__in=bulk.items.values("pk"))
    return made.aggregate(sum=Sum(figure))["sum"] or 0


def _person(bulk: Bulk) -> User:
    """Whoever said yes, if they still may."""
    team_id = bulk.cause.team_id
    membership = Membership.objects.active().filter(team_id=team_id, user=bulk.person).first()
    if bulk.person is None or membership is None:
        raise CannotRetry("Whoever started this bulk retry is no longer in the team.")
    if not (allows(membership, Act.SUBMIT) and allows(membership, Act.MEND_FAILURES)):
        raise CannotRetry("Whoever started this bulk retry may no longer make jobs.")
    return bulk.person


def _end(bulk: Bulk) -> None:
    """Close a bulk of which nothing waits any more."""
    if BulkItem.objects.filter(bulk=bulk, state=BulkItem.State.WAITING).exists():
        return
    now = timezone.now()
    Bulk.objects.filter(pk=bulk.pk, state=Bulk.State.RUNNING).update(state=Bulk.State.DONE, ended_at=now)
    Bulk.objects.filter(pk=bulk.pk, ended_at=None).exclude(state=Bulk.State.QUOTED).update(ended_at=now)

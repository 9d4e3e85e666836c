"""What trying many jobs again would cost, and which are left out and why; nothing is sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone

from console.audit.recording import record
from console.failures.models import Bulk, BulkItem, Cause
from console.jobs.models import Job, JobQuerySet
from console.jobs.retrying import CannotRetry, order_like
from console.teams.access import TeamRequest
from console.teams.models import User

KEPT_FOR: Final = timedelta(days=1)  # a quote that nobody said yes to
MOST: Final = 1000
"""Jobs of one bulk retry; the newest first."""


def draw_up(cause: Cause, request: TeamRequest, job_ids: Sequence[UUID] | None) -> Bulk | None:
    """The quote for these jobs of the cause, or for all of them (None); None when there is nothing to try again.

    Kept as a bulk that waits for a yes.
    """
    jobs = Job.objects.filter(failure__cause=cause)
    jobs = _untried(jobs) if job_ids is None else jobs.filter(pk__in=job_ids)
    newest = jobs.order_by("-failure__failed_at", "-failure__id").defer("body")[:MOST]
    items = [_item(position, job, request.user) for position, job in enumerate(newest)]
    if not items:
        return None
    return _kept(cause, request, items)


def beyond(bulk: Bulk) -> int:
    """Jobs of the cause for which a quote that waits for a yes had no room, and which nobody has tried again."""
    if bulk.state != Bulk.State.QUOTED or bulk.items.count() < MOST:
        return 0
    jobs = Job.objects.filter(failure__cause=bulk.cause_id).exclude(pk__in=bulk.items.values("job"))
    return _untried(jobs).count()


def _untried(jobs: JobQuerySet) -> JobQuerySet:
    return jobs.filter(~Exists(Job.objects.filter(retried_from=OuterRef("pk"))))


def _item(position: int, job: Job, person: User) -> BulkItem:
    item = BulkItem(position=position, job=job)
    try:
        order, _ = order_like(job, person, item.pk)
    except CannotRetry as cannot:
        item.state, item.reason = BulkItem.State.SKIPPED, str(cannot)[:300]
    else:
        item.quoted_credits = order.quoted_credits
    return item


def _kept(cause: Cause, request: TeamRequest, items: list[BulkItem]) -> Bulk:
    with transaction.atomic():
        Bulk.objects.filter(cause=cause, state=Bulk.State.QUOTED, created_at__lt=timezone.now() - KEPT_FOR).delete()
        bulk = Bulk.objects.create(cause=cause, person=request.user)
        for item in items:
            item.bulk = bulk
        BulkItem.objects.bulk_create(items, batch_size=200)
        waiting = BulkItem.objects.filter(bulk=bulk, state=BulkItem.State.WAITING)
        bulk.quoted_credits = waiting.aggregate(sum=Sum("quoted_credits"))["sum"] or 0
        bulk.save(update_fields=["quoted_credits"])
        told = {"jobs": len(items), "credits": bulk.quoted_credits}
        record("failure.retry_quoted", bulk, team_id=cause.team_id, actor=request.user, after=told, request=request)
    return bulk

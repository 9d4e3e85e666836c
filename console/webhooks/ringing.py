"""What a believed event does: its job is due now. Where there is no such job yet, it rings when there is one."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from console.jobs.models import Job
from console.jobs.timeline import note_webhooks
from console.webhooks.announcing import announce
from console.webhooks.models import Delivery

KNOWN_TYPES: Final = frozenset({"generation.succeeded", "generation.failed"})
LONGEST_ID: Final = 512
WATCHED_CLOSELY: Final = timedelta(minutes=10)
WATCHED: Final = timedelta(hours=24)  # as long as a job may be sent again under its key, and some more
MOST_AT_ONCE: Final = 500

Effect = Delivery.Effect


def ring(delivery: Delivery) -> str:
    """Make the job that the event names due now, and write down what that did. Inside a transaction.

    Any account of the team: which of two accounts a key belongs to may be unproven. A job that is being read at this
    moment was perhaps asked about before it ended; it rings once more when that read is written down.
    """
    jobs = list(Job.objects.select_for_update().filter(team_id=delivery.team_id, rivya_id=delivery.task_id or None))
    Job.objects.nudge([job.pk for job in jobs])
    did = effect(jobs)
    job_id = jobs[0].pk if jobs else None
    row = Delivery.objects.filter(pk=delivery.pk)
    has_waited = row.filter(job=None, event_type__in=KNOWN_TYPES).update(job_id=job_id)
    row.update(effect=did, job_id=job_id)
    if has_waited:
        note_webhooks((job.pk, delivery.event_type) for job in jobs)
    announce(delivery.team_id, delivery.endpoint_id)
    return did


def ring_late() -> bool:
    """Events of the last minutes that still wait for their job, or for a read to end; returns whether any went on."""
    return _ring_waiting(timezone.now() - WATCHED_CLOSELY)


def ring_very_late() -> bool:
    """The same for older ones; after a day an event without a job is about a job that is not ours."""
    long_ago = timezone.now() - WATCHED
    given_up = Delivery.objects.filter(effect=Effect.WAITING, created_at__lt=long_ago)
    return _ring_waiting(long_ago) | bool(given_up.update(effect=Effect.STRANGE_JOB))


def effect(jobs: list[Job]) -> str:
    """What an event does whose jobs, before they are made due, are these."""
    if not jobs:
        return Effect.WAITING
    open_ones = [job for job in jobs if job.is_open]
    if not open_ones:
        return Effect.ENDED if any(job.is_final for job in jobs) else Effect.REVIEW
    now = timezone.now()
    held = any(job.leased_until and job.leased_until > now for job in open_ones)
    return Effect.BUSY if held else Effect.RUNG


def usable_id(task_id: str | None) -> str:
    """A task's id as a row can hold it; what no job of ours could have is none."""
    usable = task_id and len(task_id) <= LONGEST_ID and task_id.isprintable()
    return task_id if usable and task_id else ""


def _ring_waiting(since: object) -> bool:
    known = Job.objects.filter(team=OuterRef("team"), rivya_id=OuterRef("task_id")).exclude(rivya_id="")
    free = known.filter(lease=None)
    open_ones = Delivery.objects.filter(created_at__gte=since)
    matched = open_ones.filter(Exists(known), effect=Effect.WAITING)[:MOST_AT_ONCE]
    unheld = open_ones.filter(Exists(free), effect=Effect.BUSY)[:MOST_AT_ONCE]
    found = [*matched, *unheld]
    for delivery in found:
        with transaction.atomic():
            ring(delivery)
    return bool(found)

"""When to ask next. rivya-api.md §6: first after 2 to 3 s, then every 5 to 10 s, slower for long work."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from console.jobs.models import Job

# Seconds between sends of the same bytes after silence; the last one repeats.
RESEND_SECONDS = (2, 4, 8, 15, 30, 60, 120, 300)
# After this the same idempotency key may no longer protect us (rivya-api.md A15: 24 h), so a person decides.
RESEND_WITHIN = timedelta(hours=20)
# A job that Rivya has, and that is past our deadline, is still read for this long.
READ_WITHIN = timedelta(hours=24)


def next_read(job: Job) -> datetime:
    """After a read that did not finish the job."""
    since = job.accepted_at or job.created_at
    age = (timezone.now() - since).total_seconds()
    if job.status == Job.Status.UNKNOWN:
        return in_seconds(60)
    if age < 3:
        return in_seconds(2.5)
    if age < 180:
        return in_seconds(5)
    return in_seconds(10 if age < 1800 else 30)


def next_send(sends: int, retry_after_seconds: float | None) -> datetime:
    """After a send that has to be repeated with the same key and bytes."""
    pause = RESEND_SECONDS[min(max(sends, 1), len(RESEND_SECONDS)) - 1]
    return in_seconds(max(pause, min(retry_after_seconds or 0, 600)))


def in_seconds(seconds: float) -> datetime:
    """That far from now, give or take a tenth, so that jobs do not march in step."""
    return timezone.now() + timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311

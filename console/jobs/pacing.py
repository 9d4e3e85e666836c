"""When to ask next. rivya-api.md §6: first after 2 to 3 s, then every 5 to 10 s, slower for long work."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from console.jobs.models import Job

# Seconds between sends of the same bytes after silence; the last one repeats.
RESEND_SECONDS = (2, 4, 8, 15, 30, 60, 120, 300)
# A job that Rivya has, and that is past our deadline, is still read for this long.
READ_WITHIN = timedelta(hours=24)


def next_read(job: Job) -> datetime:
    """After a read that did not finish the job."""
    return in_seconds(read_pause(job))


def read_pause(job: Job) -> float:
    """Seconds to the next read: short while a result is likely, long for what takes long or is late."""
    if job.status == Job.Status.UNKNOWN:
        return 60
    age = (timezone.now() - (job.accepted_at or job.created_at)).total_seconds()
    if age < 3:
        return 2.5
    if age < 180:
        return 5
    return 10 if age < 1800 else 30


def next_send(sends: int, retry_after_seconds: float | None) -> datetime:
    """After a send that has to be repeated with the same key and bytes."""
    pause = RESEND_SECONDS[min(max(sends, 1), len(RESEND_SECONDS)) - 1]
    return in_seconds(max(pause, min(retry_after_seconds or 0, 600)))


def in_seconds(seconds: float) -> datetime:
    """That far from now, give or take a tenth, so that jobs do not march in step."""
    return timezone.now() + timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311

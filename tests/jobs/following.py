"""Turns of the follow loop, for tests: each asks about everything that is open, without waiting for the clock."""

from time import sleep

from django.utils import timezone

from console.jobs.loop import Follower
from console.jobs.models import Job
from console.keys.clients import from_sync


def turn(times: int = 1) -> None:
    """Make every open job due, let the follower ask about all of them, write the answers down."""
    for _ in range(times):
        Job.objects.open().update(next_check_at=timezone.now())
        from_sync(Follower().turn)()


def turn_until_done(job: Job, most: int = 60) -> Job:
    """Turn until the job is no longer open."""
    for _ in range(most):
        turn()
        sleep(0.05)  # the sandbox works by the clock
        job.refresh_from_db()
        if not job.is_open:
            return job
    raise AssertionError(f"still {job.status} after {most} turns")

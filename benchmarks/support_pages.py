"""The staff's pages over a million jobs of two teams: each way to find one, and the failed jobs of all teams.

    .venv/bin/python -m benchmarks.support_pages [--jobs 1000000] [--data DIR] [--rounds 15]

Uses the database that `jobs_page` makes in DIR, or makes it.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.jobs_page import measure_one, start_django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="support-pages-")))
    from benchmarks.million_jobs import seed

    seed(asked.jobs)
    measure(asked.rounds)


def measure(rounds: int) -> None:
    from django.test import Client

    from console.jobs.models import Job
    from console.teams.models import User

    sue = User.objects.filter(email="sue@example.com").first()
    browser = Client()
    browser.force_login(
        sue or User.objects.create_user("sue@example.com", is_staff=True),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    failed = list(Job.objects.filter(status="failed").order_by("created_at")[100:101]) or [Job.objects.all()[0]]
    Job.objects.filter(pk=failed[0].pk).update(request_id="req_measured")
    print(f"{'page':44} {'median':>9} {'p95':>9} {'queries':>8} {'jobs':>5}")
    slow = [name for name, address in pages(failed[0]) if not measure_one(browser, name, address, rounds)]
    print("all within the limits" if not slow else f"over the limits: {', '.join(slow)}")


def pages(job: Any) -> Iterator[tuple[str, str]]:
    """Names and addresses."""
    yield "front page", "/admin/"
    yield "find by Rivya's task id", f"/admin/search/?q={job.rivya_id}"
    yield "find by our id", f"/admin/search/?q={job.pk}"
    yield "find by eight characters of it", f"/admin/search/?q={job.pk.hex[:8]}"
    yield "find by request id", "/admin/search/?q=req_measured"
    yield "find nothing", "/admin/search/?q=there-is-no-such-thing"
    yield "failed jobs", "/admin/failed/"
    yield "failed jobs of a team", f"/admin/failed/?team={job.team_id}"
    yield "failed jobs of a model", f"/admin/failed/?model={job.model}"
    yield "failed jobs with a code", f"/admin/failed/?code={job.error_code}"
    yield "failed jobs with no such code", "/admin/failed/?code=no_such_code"
    yield "failed jobs of a day", f"/admin/failed/?day={job.created_at.date()}"
    yield "one state, a model and a code", f"/admin/failed/?state=failed&model={job.model}&code={job.error_code}"
    yield "a job's page", f"/admin/jobs/job/{job.pk}/change/"


if __name__ == "__main__":
    main()

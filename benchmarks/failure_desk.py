"""The desk with a hundred thousand failures: what grouping them takes, and the time and queries of each page.

    .venv/bin/python -m benchmarks.failure_desk [--failures 100000] [--causes 400] [--data DIR] [--rounds 15]

Makes a SQLite database in DIR (kept: the next run measures at once), or fills the empty one that DATABASE_URL names.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.jobs_page import start_django

BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--failures", type=int, default=100_000)
    parser.add_argument("--causes", type=int, default=400)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="failure-desk-")))
    seed(asked.failures, asked.causes)
    group()
    measure(asked.rounds)


def seed(count: int, causes: int) -> None:
    """Failed jobs of one team, of this many causes spread unevenly; a database that has jobs stays as it is."""
    from django.db import connection, transaction

    from benchmarks.million_jobs import adapted, insert_into, job_rows, make_team
    from console.jobs.models import Job

    if Job.objects.exists():
        return
    rng, team, began = random.Random(7), make_team("Measured"), time.monotonic()
    rows = job_rows([team, team], count)
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            for row in batch:
                kind = min(int(rng.paretovariate(0.7)), causes)
                letters = "abcdefghij"[kind % 10] * (1 + kind // 10)
                message = f"The worker of kind {letters} gave up on task_{rng.random():.9f}x."
                row |= {
                    "status": "failed",
                    "error_code": "generation_failed",
                    "error_message": message,
                    "model": "model-1",
                }
                row["finished_at"] = row["finished_at"] or row["created_at"]
                row["next_check_at"] = None
            with transaction.atomic():
                cursor.executemany(insert_into("jobs_job", batch[0]), [adapted(row) for row in batch])
        cursor.execute("ANALYZE")
    print(f"seeded {count:,} failed jobs in {time.monotonic() - began:,.0f} s")


def group() -> None:
    from console.failures.grouping import group_failures
    from console.failures.models import Cause, Changed

    waiting, began = Changed.objects.count(), time.monotonic()
    while group_failures():
        pass
    took = time.monotonic() - began
    if waiting:
        causes = Cause.objects.count()
        print(f"grouped {waiting:,} failures into {causes:,} causes: {took:,.1f} s, {waiting / took:,.0f} a second")


def measure(rounds: int) -> None:
    from django.test import Client

    from console.failures.models import Cause
    from console.teams.models import User

    browser = Client()
    browser.force_login(User.objects.order_by("pk")[0], backend="allauth.account.auth_backends.AuthenticationBackend")
    biggest = Cause.objects.order_by("-count").first()
    assert biggest
    desk, cause = "/failures/", f"/failures/{biggest.pk}/"
    print(f"{Cause.objects.count():,} causes; the biggest has {biggest.count:,} failures\n")
    print(f"{'page':34}{'median ms':>12}{'p95 ms':>10}{'queries':>10}")
    deep, deeper = older(browser, desk, 5), older(browser, cause, 20)
    for name, address in (
        ("causes, first page", desk),
        ("causes, a deep page", deep),
        ("causes, any state", f"{desk}?state=any"),
        ("causes, searched", f"{desk}?q=gave+up"),
        ("causes, of a verdict", f"{desk}?verdict=helps"),
        ("the sidebar's count", "/failures/count/"),
        ("Home's part", "/failures/asking/"),
        ("the biggest cause", cause),
        ("its twentieth page", deeper),
    ):
        print(row(name, browser, address, rounds))


def older(browser: Any, address: str, pages: int) -> str:
    """The address so many pages further back, or the last there is."""
    for _ in range(pages):
        found = re.search(r'href="([^"]+)"\s+rel="next"', browser.get(address).content.decode())
        if not found:
            break
        address = unescape(found[1])
    return address


def row(name: str, browser: Any, address: str, rounds: int) -> str:
    from django.db import connection

    asked: list[str] = []

    def hear(execute: Any, sql: str, *told: Any) -> Any:
        asked.append(sql)
        return execute(sql, *told)

    with connection.execute_wrapper(hear):
        assert browser.get(address).status_code == 200
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        browser.get(address)
        times.append((time.perf_counter() - began) * 1000)
    p95 = sorted(times)[max(0, round(len(times) * 0.95) - 1)]
    return f"{name:34}{statistics.median(times):>12.1f}{p95:>10.1f}{len(asked):>10}"


if __name__ == "__main__":
    main()

"""The jobs page with a million jobs: first, filtered, searched and deep pages through the Django client, with queries.

    .venv/bin/python -m benchmarks.jobs_page [--jobs 1000000] [--data DIR] [--rounds 15]

Makes a SQLite database in DIR (kept: the next run measures at once), or fills the empty one that DATABASE_URL names.
"""

import argparse
import os
import re
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIMIT_MILLISECONDS, LIMIT_QUERIES = 60, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="jobs-page-")))
    from benchmarks.million_jobs import seed

    seed(asked.jobs)
    measure(asked.rounds)


def start_django(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("CONSOLE_SECRET_KEY", secrets.token_urlsafe(48))
    os.environ |= {
        "CONSOLE_DATA_DIR": str(data),
        "CONSOLE_ALLOWED_HOSTS": "testserver",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "console.settings",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django.setup()
    call_command("migrate", verbosity=0)
    print(f"data in {data}")


def measure(rounds: int) -> None:
    from django.test import Client

    from console.teams.models import User

    browser = Client()
    browser.force_login(
        User.objects.get(email="Measured-0@example.com"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    print(f"{'page':44} {'median':>9} {'p95':>9} {'queries':>8} {'jobs':>5}")
    slow = [name for name, address in pages(browser) if not measure_one(browser, name, address, rounds)]
    print("all within the limits" if not slow else f"over the limits: {', '.join(slow)}")


def measure_one(browser: Any, name: str, address: str, rounds: int) -> bool:
    """Print one line; whether the median and the queries are within the limits."""
    from django.db import connection

    queries: list[str] = []

    def count(execute: Any, sql: str, *call: Any) -> Any:
        queries.append(sql)
        return execute(sql, *call)

    with connection.execute_wrapper(count):
        answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        browser.get(address)
        taken.append((time.perf_counter() - began) * 1000)
    median, p95 = statistics.median(taken), sorted(taken)[int(rounds * 0.95)]
    listed = len(re.findall(rb'<(?:article|tr)[^>]* id="job-', answer.content))
    print(f"{name:44} {median:6.1f} ms {p95:6.1f} ms {len(queries):8} {listed:5}", flush=True)
    return median < LIMIT_MILLISECONDS and len(queries) <= LIMIT_QUERIES


def pages(browser: Any) -> Iterator[tuple[str, str]]:
    """Name and address of every page that is measured."""
    from console.jobs.models import Job

    some = Job.objects.filter(team__name="Measured").order_by("created_at")[len_of_team() // 2]
    words = sorted(some.prompt.split(), key=len)
    common, rare = words[0], words[-1]
    yield "home", "/"
    yield "first", "/jobs/"
    yield "first, table", "/jobs/?view=table"
    filters = {
        "state succeeded": "state=succeeded",
        "state failed": "state=failed",
        "state needs review": "state=needs_review",
        "running": "state=open",
        "kind": "kind=video",
        "common model": "model=model-0",
        "rare model": "model=model-29",
        "project": f"project={some.project_id}",
        "person": f"person={some.created_by_id}",
        "day": f"since={some.created_at:%Y-%m-%d}&until={some.created_at:%Y-%m-%d}",
        "project, failed": f"project={some.project_id}&state=failed",
        "rare model, failed": "model=model-29&state=failed",
        "common model, refused": "model=model-0&state=refused",
        "person, withdrawn": f"person={some.created_by_id}&state=withdrawn",
        "person, project": f"person={some.created_by_id}&project={some.project_id}",
        "person, project, rare model": f"person={some.created_by_id}&project={some.project_id}&model=model-29",
        "kind that the model is not": "kind=video&model=model-0",
        "kind, failed, day": f"kind=video&state=failed&since={some.created_at:%Y-%m-%d}",
        "everything": f"person={some.created_by_id}&project={some.project_id}&kind=image&model=model-0&state=failed",
        "common word": f"q={common}",
        "rare word": f"q={rare}",
        "beginning of a word": f"q={rare[:4]}",
        "two words": f"q={common}+{rare}",
        "no match": "q=xylophone",
        "common word, failed": f"q={common}&state=failed",
        "common word, needs review": f"q={common}&state=needs_review",
        "common word, long ago": f"q={common}&until=2025-01-31",
        "common word, rare model, project": f"q={common}&model=model-29&project={some.project_id}",
        "job id": f"q={some.pk}",
        "Rivya id": f"q={some.rivya_id}",
        "error code": "q=nsfw_content",
    }
    yield from ((name, f"/jobs/?view=gallery&{query}") for name, query in filters.items())
    cursor = f"older-{round(some.created_at.timestamp() * 1_000_000)}-{some.pk.hex}"
    yield "deep", f"/jobs/?page={cursor}"
    yield "deep, towards newer", f"/jobs/?page={cursor.replace('older', 'newer')}"
    yield "deep, failed", f"/jobs/?state=failed&page={cursor}"
    yield "deep, common word", f"/jobs/?q={common}&page={cursor}"
    yield "deep, person and project", f"/jobs/?{filters['person, project']}&page={cursor}"
    yield "job page", f"/jobs/{some.pk}/"
    yield "spend of the month", "/jobs/spend/"


def len_of_team() -> int:
    from console.jobs.models import Job

    return Job.objects.filter(team__name="Measured").count()


if __name__ == "__main__":
    main()

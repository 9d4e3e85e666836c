"""How soon an open page hears that a job is finished, with many jobs open, and what one worker costs meanwhile.

    .venv/bin/python -m benchmarks.following [--jobs 1000] [--spread 120]

Starts the real sandbox, web server and worker over an empty data directory, opens the jobs through the jobs room, lets
the sandbox finish them evenly over `--spread` seconds, and listens to `/live/` as a page does. Prints the delay from
Rivya's finish to the page's event, and the CPU that worker and web took, as shares of one core.
"""

import argparse
import contextlib
import json
import os
import statistics
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.stack import Process, Stack, prepare

OWNER = "owner@example.com"
SECRET = "rvya_sk_benchmark_00000000000000"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--spread", type=float, default=120.0, help="seconds over which the jobs finish")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, static = Path(folder) / "data", Path(folder) / "static"
        prepare(data, static)
        with Stack(data, static) as stack:
            measure(stack, asked.jobs, asked.spread)


def measure(stack: Stack, jobs: int, spread: float) -> None:
    os.environ.update(stack.environment, LOG_LEVEL="ERROR", DJANGO_SETTINGS_MODULE="console.settings")
    import django

    django.setup()
    stack.control("POST", "accounts", {"name": "bench", "credits": 10 * jobs})
    stack.control("POST", "keys", {"account": "bench", "key": SECRET})
    stack.seed(description())
    heard: dict[str, float] = {}
    ready = threading.Event()
    threading.Thread(target=listen, args=(stack, heard, ready), daemon=True).start()
    assert ready.wait(20)
    opening = open_jobs(stack, jobs, spread)
    everything_sent(stack, jobs)
    before, began = (cpu_seconds(stack.worker), cpu_seconds(stack.web)), time.monotonic()
    deadline = began + 2 * spread + 120
    while len(heard) < jobs and time.monotonic() < deadline:
        time.sleep(0.5)
    took = time.monotonic() - began
    worker, web = (
        after - start for after, start in zip((cpu_seconds(stack.worker), cpu_seconds(stack.web)), before, strict=True)
    )
    report(stack, heard, jobs, opening, took, worker, web)


def description() -> dict[str, Any]:
    key = {"name": "Bench", "purpose": "bench", "secret": SECRET}
    owner = {"email": OWNER, "role": "owner", "password": "benchmark benchmark"}
    return {
        "teams": [{"name": "Bench", "members": [owner], "keys": [key], "projects": [{"name": "Bench", "key": "bench"}]}]
    }


def listen(stack: Stack, heard: dict[str, float], ready: threading.Event) -> None:
    """A page of the owner: notes when each job's success arrives."""
    with httpx.Client(
        base_url=stack.base_url, cookies={"console_session": session()}, timeout=60, trust_env=False
    ) as page:
        while True:
            with contextlib.suppress(httpx.HTTPError), page.stream("GET", "/live/") as stream:
                stream.raise_for_status()
                ready.set()
                for line in stream.iter_lines():
                    if line.startswith("data: "):
                        data = json.loads(line[6:])
                        if data.get("status") == "succeeded":
                            heard.setdefault(data["id"], time.time())


def session() -> str:
    """A signed-in session of the owner, as the login page would make it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from console.teams.models import User

    owner = User.objects.get(email=OWNER)
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(owner.pk), owner.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store.create()
    return str(store.session_key)


def open_jobs(stack: Stack, jobs: int, spread: float) -> float:
    from console.catalogue.models import CatalogueModel
    from console.catalogue.refreshing import refresh
    from console.jobs.opening import Order, open_job
    from console.keys.clients import from_sync
    from console.projects.models import Project
    from console.teams.models import User

    from_sync(refresh)()
    project, person = Project.objects.get(), User.objects.get(email=OWNER)
    model = CatalogueModel.objects.get(pk="z-image")
    began = time.monotonic()
    settle_in = 20 + jobs / 50
    for number in range(jobs):
        seconds = settle_in + spread * number / jobs
        stack.control(
            "POST", "outcomes", {"match": {"prompt": f"job {number} "}, "outcome": "succeed", "seconds": seconds}
        )
    for number in range(jobs):
        open_job(Order(uuid4(), project, person, model, f"job {number} of the benchmark", {}))
    return (time.monotonic() - began) / jobs * 1000


def everything_sent(stack: Stack, jobs: int) -> None:
    from console.jobs.models import Job

    deadline = time.monotonic() + 120
    while Job.objects.exclude(rivya_id="").count() < jobs:
        assert time.monotonic() < deadline, "the jobs were not all sent within two minutes"
        time.sleep(0.2)


def report(
    stack: Stack, heard: dict[str, float], jobs: int, opening: float, took: float, worker: float, web: float
) -> None:
    from console.jobs.models import Job

    finished = {item["id"]: moment(item["updated_at"]) for item in stack.sandbox_state()["generations"]}
    mine = {str(pk): rivya for pk, rivya in Job.objects.values_list("pk", "rivya_id")}
    delays = sorted(at - finished[mine[job]] for job, at in heard.items())
    print(f"jobs followed: {len(heard)} of {jobs}; watched for {took:.0f} s")
    p95 = delays[int(len(delays) * 0.95)]
    words = f"median {statistics.median(delays):.2f} s, p95 {p95:.2f} s, longest {delays[-1]:.2f} s"
    print(f"finished at Rivya to event on the page: {words}")
    print(f"worker: {worker / took:.2f} of a core; web: {web / took:.2f} of a core")
    print(f"opening a job and queueing its fate: {opening:.1f} ms each")


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def cpu_seconds(process: Process) -> float:
    """User and system time of the program and of what it started."""
    assert process._popen
    group, ticks = process._popen.pid, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()

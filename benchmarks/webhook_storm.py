"""A storm of webhooks at the running console: is every job settled once, and how soon is Rivya answered.

    .venv/bin/python -m benchmarks.webhook_storm [--events 10000] [--rate 50]

Starts the real sandbox, web server and worker over an empty data directory and registers an endpoint whose address is
a catcher of ours. The sandbox finishes the jobs and signs the events; each is doubled, shuffled among some hundred
others, and sent to the console at a steady rate, with a tenth of forged requests and a hundredth that is not JSON among
them. The answer to every third submit is lost, so the events of those jobs come before it is stored. Most jobs fail at
Rivya: it is the settling that is measured, not the painting.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.stack import Stack, prepare

OWNER = "owner@example.com"
SECRET = "rvya_sk_benchmark_00000000000000"
WINDOW = 400  # requests among which the next one is drawn
Knock = tuple[str, dict[str, str], bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50.0, help="requests a second")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, static = Path(folder) / "data", Path(folder) / "static"
        prepare(data, static)
        with Stack(data, static) as stack:
            measure(stack, asked.events, asked.rate)


def measure(stack: Stack, events: int, rate: float) -> None:
    os.environ.update(stack.environment, LOG_LEVEL="CRITICAL", DJANGO_SETTINGS_MODULE="console.settings")
    import django

    django.setup()
    stack.control("POST", "accounts", {"name": "bench", "credits": 10 * events})
    stack.control("POST", "keys", {"account": "bench", "key": SECRET})
    stack.control("PUT", "settings", {"allow_local_webhooks": True, "media_pixels": 64})
    stack.control("POST", "faults", {"match": {"path": "/api/v1/generations", "prompt": "[early]"}, "fault": "close",
                                     "when": "after", "times": events // 3 + 1})  # fmt: skip
    stack.seed(description())
    caught: list[Knock] = []
    catcher = catch(caught)
    register(f"http://127.0.0.1:{catcher.server_port}")
    threading.Thread(target=open_jobs, args=(events, rate / 2.3), daemon=True).start()
    took, answers = asyncio.run(send(stack, caught, events, rate))
    catcher.shutdown()
    report(events, took, answers)


def description() -> dict[str, Any]:
    key = {"name": "Bench", "purpose": "bench", "secret": SECRET}
    owner = {"email": OWNER, "role": "owner", "password": "benchmark benchmark"}
    return {
        "teams": [{"name": "Bench", "members": [owner], "keys": [key], "projects": [{"name": "Bench", "key": "bench"}]}]
    }


def catch(caught: list[Knock]) -> ThreadingHTTPServer:
    """Where the sandbox rings."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            caught.append((self.path, {"X-Rivya-Signature": self.headers["X-Rivya-Signature"]}, body))

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        request_queue_size = 512  # a refused connection would be an event that comes a minute later

    server = Server(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def register(url: str) -> None:
    from django.conf import settings

    from console.keys.models import Key
    from console.teams.models import User
    from console.webhooks.registering import Wish
    from console.webhooks.registering import register as register_at_rivya

    settings.PUBLIC_URL = url
    register_at_rivya(Wish("Bench", Key.objects.get(), "timestamp"), User.objects.get())


def open_jobs(count: int, a_second: float) -> None:
    """Through the jobs room, evenly; every third one's answer will be lost."""
    from console.catalogue.models import CatalogueModel
    from console.jobs.opening import Order, open_job
    from console.projects.models import Project
    from console.teams.models import User

    while not CatalogueModel.objects.filter(pk="z-image").exists():
        time.sleep(0.2)
    model, project, person = CatalogueModel.objects.get(pk="z-image"), Project.objects.get(), User.objects.get()
    began = time.monotonic()
    for number in range(count):
        fate = "[instant]" if number % 50 == 0 else "[fail charged] [instant]"
        early = "[early] " if number % 3 == 0 else ""
        open_job(Order(uuid4(), project, person, model, f"{early}{fate} {number}", {}))
        time.sleep(max(0.0, began + (number + 1) / a_second - time.monotonic()))


async def send(stack: Stack, caught: list[Knock], events: int, rate: float) -> tuple[list[float], Counter[int]]:
    """Everything caught, twice, in disorder, with forgeries, at the rate; milliseconds and statuses."""
    chance, waiting, took, answers = random.Random(7), [], [], Counter()  # type: ignore[var-annotated]
    seen, due = 0, int(2 * events * 1.11)
    tasks: set[asyncio.Task[None]] = set()
    async with httpx.AsyncClient(base_url=stack.base_url, timeout=30, trust_env=False) as client:

        async def one(knock: Knock) -> None:
            began = time.monotonic()
            answer = await client.post(knock[0], content=knock[2], headers=knock[1])
            took.append((time.monotonic() - began) * 1000)
            answers[answer.status_code] += 1

        next_at, idle_since = time.monotonic(), time.monotonic()
        while sum(answers.values()) + len(tasks) < due and time.monotonic() - idle_since < 90:
            for knock in caught[seen:]:
                waiting += [knock, knock]
            seen = len(caught)
            if waiting and (len(waiting) >= WINDOW or seen >= events):
                idle_since = time.monotonic()
                for _ in range(5):
                    dice = chance.random()
                    if not waiting:
                        break
                    knock = forged(waiting[0], dice) if dice < 0.11 / 1.11 else drawn(waiting, chance)
                    task = asyncio.create_task(one(knock))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                    next_at += 1 / rate
                    await asyncio.sleep(max(0.0, next_at - time.monotonic()))
            else:
                next_at = time.monotonic()
                if seen >= events:
                    break
                await asyncio.sleep(0.05)
        await asyncio.gather(*tasks)
    return took, answers


def drawn(waiting: list[Knock], chance: random.Random) -> Knock:
    index = chance.randrange(min(len(waiting), WINDOW))
    waiting[index], waiting[0] = waiting[0], waiting[index]
    return waiting.pop(0)


def forged(like: Knock, dice: float) -> Knock:
    """Nine of ten are signed with another secret; the tenth is not even JSON."""
    raw = b"not JSON" if dice < 0.01 else json.dumps(json.loads(like[2]) | {"id": f"evt_{uuid4().hex}"}).encode()
    seconds = int(time.time())
    digest = hmac.new(b"whsec_forged", f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest()
    return like[0], {"X-Rivya-Signature": f"t={seconds},v1={digest}"}, raw


def report(events: int, took: list[float], answers: Counter[int]) -> None:
    from console.credits.models import Entry
    from console.jobs.models import Job
    from console.webhooks.models import Delivery

    ends_at = time.monotonic() + 120
    while Job.objects.open().exists() and time.monotonic() < ends_at:
        time.sleep(0.5)
    closing = Counter(Entry.objects.filter(kind__in=Entry.CLOSING).values_list("subject", flat=True))
    waited = Delivery.objects.believed().filter(effect=Delivery.Effect.WAITING).count()
    cuts = statistics.quantiles(took, n=100)
    print(f"requests {len(took):,}: answers {dict(answers)}, 5xx {sum(n for s, n in answers.items() if s >= 500)}")
    print(f"acknowledged: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, longest {max(took):.0f} ms")
    print(f"jobs {Job.objects.count():,} of {events:,}, still open {Job.objects.open().count()}")
    print(
        f"settled once {sum(n == 1 for n in closing.values()):,}, more than once {sum(n > 1 for n in closing.values())}"
    )
    print(f"events stored {Delivery.objects.believed().count():,}, still without their job {waited}")


if __name__ == "__main__":
    main()

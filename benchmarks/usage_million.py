"""Pages of credits over a million lines of the ledger, through the Django client; then all of them as CSV.

    .venv/bin/python -m benchmarks.usage_million [--lines 1000000] [--data DIR] [--rounds 15]

Makes a SQLite database in DIR (kept: the next run measures at once), or fills the empty one that DATABASE_URL names.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.jobs_page import start_django

LIMIT_MILLISECONDS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="usage-million-")))
    from benchmarks.million_lines import seed
    from benchmarks.million_wallet import seed_wallet
    from console.keys.models import Account

    seed(asked.lines)
    seed_wallet(Account.objects.get())
    measure(asked.rounds)
    asyncio.run(measure_export())


def measure(rounds: int) -> None:
    from django.test import Client

    browser = Client()
    browser.force_login(somebody(), "allauth.account.auth_backends.AuthenticationBackend")
    print(f"{'page':44} {'median':>9} {'p95':>9} {'cpu':>9} {'queries':>8} {'kB':>6}")
    slow = [name for name, address in pages() if not measure_one(browser, name, address, rounds)]
    print("all within the limit" if not slow else f"over the limit: {', '.join(slow)}")


def measure_one(browser: Any, name: str, address: str, rounds: int) -> bool:
    """Print one line; whether the median is within the limit."""
    from django.db import connection

    queries: list[str] = []

    def count(execute: Any, sql: str, *call: Any) -> Any:
        queries.append(sql)
        return execute(sql, *call)

    with connection.execute_wrapper(count):
        answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    taken, worked = [], []
    for _ in range(rounds):
        began, began_working = time.perf_counter(), time.process_time()
        browser.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_working) * 1000)
    median, p95, cpu = statistics.median(taken), sorted(taken)[int(rounds * 0.95)], statistics.median(worked)
    size = len(answer.content) / 1024
    print(f"{name:44} {median:6.1f} ms {p95:6.1f} ms {cpu:6.1f} ms {len(queries):8} {size:6.0f}", flush=True)
    return median < LIMIT_MILLISECONDS


def pages() -> Iterator[tuple[str, str]]:
    """Name and address of every page that is measured."""
    from console.credits.models import Entry

    some = Entry.objects.order_by("id")[Entry.objects.count() // 2]
    first, last = Entry.objects.order_by("id")[1000], Entry.objects.order_by("-id")[1000]
    ragged = f"since={first.day:%Y-%m-%d}&until={last.day:%Y-%m-%d}"
    filters = {
        "": "",
        "project": f"project={some.project_id}",
        "person": f"person={some.person_id}",
        "model": f"model={some.model}",
        "kind": "kind=chat",
        "key": f"key={some.key_id}",
        "environment": "environment=production",
        "project, person": f"project={some.project_id}&person={some.person_id}",
        "key, kind": f"key={some.key_id}&kind=image",
        "everything": f"project={some.project_id}&person={some.person_id}&model={some.model}&key={some.key_id}",
    }
    periods = {
        "this month": "period=this-month",
        "last 90 days": "period=90-days",
        "a year": ragged,
        "a year by week": f"{ragged}&by=week",
        "a year by day": f"{ragged}&by=day",
    }
    for period, days in periods.items():
        for name, query in filters.items():
            yield f"usage, {period}, {name}".removesuffix(", "), f"/usage/?{days}&{query}"
    for what in ("", "charged", "failed", "returned", "held"):
        yield f"ledger, a year, {what}".removesuffix(", "), f"/usage/ledger/?{ragged}&what={what}"
        yield f"ledger, a year, person, {what}", f"/usage/ledger/?{ragged}&what={what}&{filters['person']}"
    yield "ledger, deep", f"/usage/ledger/?{ragged}&after={some.day}-{some.pk}"
    yield "ledger, a month long ago", f"/usage/ledger/?since={first.day}&until={first.day}"
    yield "months with usage", "/usage/statements/"
    yield "statement", f"/usage/statements/{some.day:%Y-%m}/"
    yield "budgets", "/budgets/"
    yield "budget of a project", f"/projects/{some.project_id}/budget/"
    for back in (7, 30, 90, 365):
        yield f"wallet, {back} days", f"/wallet/?days={back}"
    yield "intervals of a wallet", f"/wallet/accounts/{some.account_id}/"
    yield "unexplained", f"/wallet/accounts/{some.account_id}/?show=unexplained"


async def measure_export() -> None:
    """All lines through the streaming answer: time, size, and the memory that the process grew by."""
    from django.test import AsyncClient

    browser = AsyncClient()
    await browser.aforce_login(await asyncio.to_thread(somebody), "allauth.account.auth_backends.AuthenticationBackend")
    before, began, size, lines, half = memory_megabytes(), time.perf_counter(), 0, 0, 0.0
    answer = await browser.get("/usage.csv?since=2000-01-01&until=2200-01-01")
    async for chunk in answer:  # type: ignore[attr-defined]
        size, lines = size + len(chunk), lines + chunk.count(b"\n")
        half = half or (memory_megabytes() if lines > 400_000 else 0.0)
    seconds = time.perf_counter() - began
    print(f"CSV: {lines - 1:,} lines, {size / 1e6:,.0f} MB in {seconds:,.0f} s, {lines / seconds:,.0f} lines a second")
    print(f"memory: {before:,.0f} MB before, {half:,.0f} MB half-way, {memory_megabytes():,.0f} MB at the end")


def memory_megabytes() -> float:
    """What this process holds of its own: pages of the database file that the system keeps mapped are not."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["RssAnon"].split()[0]) / 1024


def somebody() -> Any:
    from console.teams.models import User

    return User.objects.get(email="Measured-0@example.com")


if __name__ == "__main__":
    main()

"""Pages of the audit log over a million lines, through the Django client; then all of a team's lines as CSV.

    .venv/bin/python -m benchmarks.audit_log [--lines 1000000] [--data DIR] [--rounds 15]

Makes a SQLite database in DIR (kept: the next run measures at once), or fills the empty one that DATABASE_URL names.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.jobs_page import start_django
from benchmarks.usage_million import measure_one, memory_megabytes, somebody

PEOPLE, BATCH, SPAN = 40, 10_000, timedelta(days=730)
# How often each happens: most of the log is signing in, and some acts are hardly ever done.
ACTS = {
    "session.opened": 500_000, "file.added": 200_000, "session.closed": 150_000, "project.changed": 60_000,
    "conversation.renamed": 50_000, "budget.changed": 20_000, "key.checked": 15_000, "member.role_changed": 4_000,
    "key.replaced": 900, "key.retired": 90, "ledger.corrected": 10,
}  # fmt: skip
KINDS = {"session": "user", "file": "referencefile", "member": "membership", "ledger": "entry"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="audit-log-")))
    seed(asked.lines)
    measure(asked.rounds)
    asyncio.run(measure_export())


def seed(count: int) -> None:
    """Fill an empty database; every tenth line is another team's."""
    from django.db import connection, transaction

    from console.audit.models import AuditEvent, SearchEntry
    from console.audit.words import facets_of, indexed_words
    from console.teams.models import Membership, Role, Team, User

    if AuditEvent.objects.count() > 1000:
        return
    began = time.monotonic()
    teams = [Team.objects.create(name=name, time_zone="Europe/Berlin") for name in ("Measured", "Other")]
    people = [User.objects.create(email=f"Measured-{n}@example.com", name=f"Person {n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create(Membership(team=teams[0], user=person, role=Role.OWNER) for person in people)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -400000")
    at = AuditEvent._meta.get_field("at")
    at.auto_now_add = False
    rows = (AuditEvent(**facts) for facts in facts_of_lines(teams, people, count))
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            AuditEvent.objects.bulk_create(batch)
            SearchEntry.objects.bulk_create(
                SearchEntry(event=each, facets=facets_of(each), words=indexed_words(each)) for each in batch
            )
    at.auto_now_add = True
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{count:,} lines in {time.monotonic() - began:,.0f} s", flush=True)


def facts_of_lines(teams: list[Any], people: list[Any], count: int) -> Iterator[dict[str, Any]]:
    rng, now = random.Random(5), datetime.now(UTC)
    acts = rng.choices(list(ACTS), weights=list(ACTS.values()), k=count)
    objects = [str(UUID(int=rng.getrandbits(128))) for _ in range(5000)]
    for number, act in enumerate(acts):
        person, place = rng.choice(people[: 1 + rng.randrange(PEOPLE)]), rng.randrange(5000)
        noun = act.partition(".")[0]
        yield {
            "id": UUID(int=rng.getrandbits(128)),
            "at": now - SPAN + SPAN * (number / count),
            "team_id": teams[number % 10 == 0].pk,
            "actor_id": person.pk,
            "actor_label": person.email,
            "act": act,
            "object_kind": KINDS.get(noun, noun),
            "object_id": objects[place],
            "object_label": f"{noun.capitalize()} {place}",
            "before": {"name": f"Name {place}", "state": "active"},
            "after": {"name": f"Name {place + 1}", "state": "active", "reason": "As agreed with everybody"},
            "address": f"203.0.113.{place % 250}",
            "request_id": f"{rng.getrandbits(128):032x}",
        }


def measure(rounds: int) -> None:
    from django.test import Client

    browser = Client()
    browser.force_login(somebody(), "allauth.account.auth_backends.AuthenticationBackend")
    print(f"{'page':44} {'median':>9} {'p95':>9} {'cpu':>9} {'queries':>8} {'kB':>6}")
    slow = [name for name, address in pages() if not measure_one(browser, name, address, rounds)]
    print("all within the limit" if not slow else f"over the limit: {', '.join(slow)}")


def pages() -> Iterator[tuple[str, str]]:
    """Name and address of every page that is measured."""
    from console.audit.models import AuditEvent
    from console.teams.models import Team

    team = Team.objects.get(name="Measured").pk
    some = AuditEvent.objects.filter(team_id=team, at__lt=datetime.now(UTC) - SPAN / 2).order_by("-at")[0]
    rare = AuditEvent.objects.filter(team_id=team, act="ledger.corrected").first() or some
    day = f"since={some.at:%Y-%m-%d}&until={some.at:%Y-%m-%d}"
    place = f"older-{round(some.at.timestamp() * 1_000_000)}-{some.pk.hex}"
    person = f"person={some.actor_id}"
    filters = {
        "first": "",
        "day": day,
        "person": person,
        "common act": "act=session.opened",
        "rare act": "act=ledger.corrected",
        "kind": "kind=project",
        "object": f"kind={some.object_kind}&object={some.object_id}",
        "person, rare act": f"{person}&act=key.retired",
        "act that the kind has not": "act=session.opened&kind=project",
        "person, kind, day": f"{person}&kind=user&{day}",
        "common word": "q=measured",
        "beginning of a word": "q=proj",
        "rare word": f"q={rare.object_label.split()[-1]}",
        "request id": f"q={some.request_id}",
        "address": f"q={some.address}",
        "no match": "q=xylophone",
        "two words, person, day": f"q=signed+in&{person}&{day}",
        "common word, long ago": f"q=measured&until={datetime.now(UTC) - SPAN + timedelta(days=3):%Y-%m-%d}",
        "deep": f"page={place}",
        "deep, towards newer": f"page={place.replace('older', 'newer')}",
        "deep, common act": f"act=session.opened&page={place}",
        "deep, common word": f"q=measured&page={place}",
    }
    yield from ((name, f"/audit/?{query}") for name, query in filters.items())
    yield "one line", f"/audit/{some.pk}/"


async def measure_export() -> None:
    """The team's lines through the streaming answer: time, size, and the memory that the process grew by."""
    from django.test import AsyncClient

    browser = AsyncClient()
    await browser.aforce_login(await asyncio.to_thread(somebody), "allauth.account.auth_backends.AuthenticationBackend")
    before, began, size, lines = memory_megabytes(), time.perf_counter(), 0, 0
    answer = await browser.get("/audit/lines.csv")
    async for chunk in answer:  # type: ignore[attr-defined]
        size, lines = size + len(chunk), lines + chunk.count(b"\n")
    seconds = time.perf_counter() - began
    print(f"CSV: {lines - 1:,} lines, {size / 1e6:,.0f} MB in {seconds:,.0f} s, {lines / seconds:,.0f} lines a second")
    print(f"memory: {before:,.0f} MB before, {memory_megabytes():,.0f} MB at the end")


if __name__ == "__main__":
    main()

"""A ledger of a million lines over a year, rolled up, written as fast as the database takes them."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.million_jobs import adapted, insert_into
from console.credits.models import Budget, Entry, UsageSum
from console.credits.rolling import add
from console.keys.models import Account, Key
from console.projects.models import Project
from console.teams.models import Membership, Role, Team, User

PEOPLE, PROJECTS, MODELS, KEYS, DAYS = 20, 10, 20, 4, 365
BATCH = 20_000
KINDS = ("image", "image", "video", "audio", "chat")
TIDY = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}  # as autovacuum would have
FATES = {"settle": 900, "failed": 40, "release": 60}


def seed(count: int) -> None:
    """Fill an empty database; one that has lines stays as it is. Every subject has two lines, a few have three."""
    if Entry.objects.exists():
        return
    began = time.monotonic()
    team = make_team()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -600000")
        rows = entry_rows(team, count)
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                cursor.executemany(insert_into("credits_entry", batch[0]), [adapted(row) for row in batch])
        print(f"{count:,} lines in {time.monotonic() - began:,.0f} s", flush=True)
        roll_up()
        cursor.execute(TIDY[connection.vendor])
    print(f"rolled up after {time.monotonic() - began:,.0f} s: {UsageSum.objects.count():,} sums", flush=True)


def roll_up() -> None:
    """As the worker would have, a month at a time."""
    for month in sorted(set(Entry.objects.order_by().values_list("month", flat=True).distinct())):
        with transaction.atomic():
            add(Entry.objects.filter(month=month))
            for project in Project.objects.all():
                lines = Entry.objects.filter(project=project, month=month)
                Budget.objects.create(project=project, month=month, committed=lines.charged() + lines.held())


def make_team() -> dict[str, Any]:
    team = Team.objects.create(name="Measured", time_zone="Europe/Berlin")
    account = Account.objects.create(team=team, label="Account")
    environments = list(Key.Environment)
    keys = [
        Key.objects.create(
            team=team, account=account, name=f"Key {n}", purpose=f"k{n}", environment=environments[n % 3]
        )
        for n in range(KEYS)
    ]
    people = [User.objects.create(email=f"Measured-{n}@example.com", name=f"Person {n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create(Membership(team=team, user=person, role=Role.OWNER) for person in people)
    projects = [
        Project.objects.create(team=team, key=keys[n % KEYS], name=f"Project {n}", purpose="-", monthly_budget=200_000)
        for n in range(PROJECTS)
    ]
    return {"team": team, "account": account, "projects": projects, "people": people}


def entry_rows(made: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """Lines in the order of their making. Everybody works in every project with every model: the worst case."""
    rng, today = random.Random(11), timezone.localdate()
    first, subjects = today - timedelta(days=DAYS - 1), count // 2
    fate_shares = list(accumulate(FATES.values()))
    for number in range(subjects):
        day = first + timedelta(days=number * DAYS // subjects)
        model, held = rng.randrange(MODELS), rng.randint(1, 20)
        project, person = rng.choice(made["projects"]), rng.choice(made["people"])
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        same = subject(made, project, person, day) | {
            "model": f"model-{model}",
            "media_kind": KINDS[model % len(KINDS)],
            "subject": UUID(int=rng.getrandbits(128)),
            "subject_kind": "turn" if KINDS[model % len(KINDS)] == "chat" else "job",
            "at": at,
        }
        yield same | {"kind": "reserve", "credits": held, "outcome": ""}
        if subjects - number > 50:
            fate = rng.choices(list(FATES), cum_weights=fate_shares)[0]
            charged = 0 if fate == "release" else rng.randint(1, held)
            outcome = "done" if fate == "settle" else "failed"
            yield same | {"kind": fate.replace("failed", "settle"), "credits": charged, "outcome": outcome}


def subject(made: dict[str, Any], project: Project, person: User, day: date) -> dict[str, Any]:
    return {
        "team_id": made["team"].pk,
        "account_id": made["account"].pk,
        "project_id": project.pk,
        "key_id": project.key_id,
        "person_id": person.pk,
        "day": str(day),
        "month": str(day.replace(day=1)),
        "reason": "",
    }

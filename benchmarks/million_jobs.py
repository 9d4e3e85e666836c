"""A million jobs in the database, written as fast as it takes them; words and facts are spread unevenly, as in life."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from console.catalogue.models import CatalogueModel
from console.jobs.models import Job
from console.keys.models import Account, Key, Secret
from console.projects.models import Project
from console.teams.models import Membership, Role, Team, User

PEOPLE, PROJECTS, MODELS, WORDS, OPEN_JOBS = 40, 12, 30, 4000, 300
BATCH = 20_000
SPAN = timedelta(days=730)
KINDS = ("image", "video", "audio")
STATUSES = {"succeeded": 920, "failed": 55, "refused": 18, "withdrawn": 5, "needs_review": 2}

RESULTS = """
INSERT INTO jobs_result (id, job_id, "index", state, source_url, source_host, kind, mime_type, size_bytes, sha256,
    width, height, duration_seconds, peaks, content, preview, tries, next_try_at, problem, collected_at)
SELECT id, id, 0, 'collected', '', '', kind, 'image/png', 9, '',
    1600, 900, 4.0, '[]', 'x', 'x', 1, NULL, '', finished_at
FROM jobs_job WHERE status = 'succeeded'
"""
ENTRIES = """
INSERT INTO credits_entry (at, team_id, project_id, key_id, account_id, person_id, kind, credits, outcome, subject,
    subject_kind, model, media_kind, day, month, reason)
SELECT created_at, team_id, project_id, key_id, account_id, created_by_id, '{kind}', {credits}, '{outcome}', id,
    'job', model, kind, date(created_at), {month}, ''
FROM jobs_job WHERE {which}
"""
MONTHS = {"sqlite": "date(created_at, 'start of month')", "postgresql": "date(date_trunc('month', created_at))"}


def seed(count: int) -> None:
    """Fill an empty database; one that has jobs stays as it is."""
    if Job.objects.exists():
        return
    began = time.monotonic()
    teams = [make_team("Measured"), make_team("Other")]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -600000")
        rows = job_rows(teams, count)
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                cursor.executemany(insert_into("jobs_job", batch[0]), [adapted(row) for row in batch])
        cursor.execute(RESULTS)
        month = MONTHS[connection.vendor]
        for kind, credits, outcome, which in (
            ("reserve", "quoted_credits", "", "1 = 1"),
            ("settle", "final_credits", "done", "status = 'succeeded'"),
        ):
            cursor.execute(ENTRIES.format(kind=kind, credits=credits, outcome=outcome, which=which, month=month))
        cursor.execute("ANALYZE")
    print(f"seeded {count:,} jobs in {time.monotonic() - began:,.0f} s")


def make_team(name: str) -> dict[str, Any]:
    """A team with people, projects, and a key that opens nothing."""
    team = Team.objects.create(name=name)
    account = Account.objects.create(team=team, label=name)
    key = Key.objects.create(team=team, account=account, name="Key", purpose="all")
    secret = Secret.objects.create(key=key, sealed=b"-", fingerprint="-", last_four="0000")
    people = [User.objects.create(email=f"{name}-{n}@example.com", name=f"Person {n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create(Membership(team=team, user=person, role=Role.OWNER) for person in people)
    projects = [Project.objects.create(team=team, key=key, name=f"Project {n}", purpose="-") for n in range(PROJECTS)]
    for n in range(MODELS):
        facts = {"display_name": f"Model {n}", "category": KINDS[n % 3], "api_status": "available"}
        CatalogueModel.objects.get_or_create(id=f"model-{n}", defaults=facts | {"changed_at": timezone.now()})
    same = {"team_id": team.pk, "account_id": account.pk, "key_id": key.pk, "secret_id": secret.pk}
    return {"same": same, "people": [each.pk for each in people], "projects": [each.pk for each in projects]}


def job_rows(teams: list[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """Jobs in the order of their making; every tenth is the other team's."""
    rng, now = random.Random(7), datetime.now(UTC)
    words = made_up_words(rng)
    word_shares = list(accumulate(1 / (place + 3) for place in range(WORDS)))
    model_shares = list(accumulate(1 / (place + 1) for place in range(MODELS)))
    status_shares = list(accumulate(STATUSES.values()))
    for number in range(count):
        team, made = teams[number % 10 == 0], now - SPAN + SPAN * (number / count)
        place = rng.choices(range(MODELS), cum_weights=model_shares)[0]
        is_open = number >= count - OPEN_JOBS
        status = "processing" if is_open else rng.choices(list(STATUSES), cum_weights=status_shares)[0]
        prompt = " ".join(rng.choices(words, cum_weights=word_shares, k=rng.randint(5, 22)))
        yield team["same"] | {
            "id": UUID(int=rng.getrandbits(128)),
            "project_id": rng.choice(team["projects"]),
            "created_by_id": rng.choice(team["people"]),
            "submission": UUID(int=rng.getrandbits(128)),
            "model": f"model-{place}",
            "model_name": f"Model {place}",
            "kind": KINDS[place % 3],
            "prompt": prompt,
            "params": json.dumps({"aspect_ratio": rng.choice(("16:9", "1:1", "9:16"))}),
            "body": prompt.encode(),
            "idempotency_key": f"{rng.getrandbits(128):032x}",
            "status": status,
            "rivya_id": f"task_{number:x}",
            "rivya_status": "",
            "quoted_credits": 5,
            "reserved_credits": 5,
            "final_credits": 5 if status == "succeeded" else 0,
            "error_code": rng.choice(("generation_failed", "nsfw_content")) if status == "failed" else "",
            "error_message": "",
            "request_id": "",
            "created_at": made,
            "accepted_at": made,
            "finished_at": None if is_open else made + timedelta(seconds=rng.randint(4, 90)),
            "deadline_at": made + timedelta(hours=1),
            "next_check_at": now + timedelta(days=1) if is_open else None,
            **dict.fromkeys(("sends", "checks"), 1),
            **dict.fromkeys(("clear_sends", "misses"), 0),
        }


def made_up_words(rng: random.Random) -> list[str]:
    """Pronounceable, all different, short ones first."""
    parts = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    found = dict.fromkeys("".join(rng.choices(parts, k=2 + number // 1500)) for number in range(WORDS * 3))
    return list(found)[:WORDS]


def insert_into(table: str, row: dict[str, Any]) -> str:
    columns = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})"


def adapted(row: dict[str, Any]) -> Sequence[Any]:
    if connection.vendor != "sqlite":
        return list(row.values())
    return [value.hex if isinstance(value, UUID) else told(value) for value in row.values()]


def told(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value

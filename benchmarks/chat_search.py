"""The list of conversations, searched, over 10,000 conversations of ten turns, through the Django client.

    .venv/bin/python -m benchmarks.chat_search [--conversations 10000] [--data DIR] [--rounds 9]

Makes a SQLite database in DIR (kept: the next run measures at once), or fills the empty one that DATABASE_URL names.
`scan` is what the same search cost when every title, question and answer was looked through for the text.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.jobs_page import start_django

TURNS, WORDS, BATCH = 10, 4000, 5000
SPAN = timedelta(days=365)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    start_django(asked.data or Path(tempfile.mkdtemp(prefix="chat-search-")))
    seed(asked.conversations)
    measure(asked.rounds)


def seed(count: int) -> None:
    """Fill an empty database; one that has conversations stays as it is."""
    from django.db import connection

    from benchmarks.million_jobs import make_team
    from console.chat.models import Conversation

    if Conversation.objects.exists():
        return
    began = time.monotonic()
    teams = [make_team("Measured"), make_team("Other")]
    conversations = list(conversation_rows(teams, count))
    write("chat_conversation", iter(conversations))
    write("chat_turn", turn_rows(teams, conversations))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"seeded {count:,} conversations in {time.monotonic() - began:,.0f} s")


def write(table: str, rows: Iterator[dict[str, Any]]) -> None:
    from django.db import connection, transaction

    from benchmarks.million_jobs import adapted, insert_into

    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                cursor.executemany(insert_into(table, batch[0]), [adapted(row) for row in batch])


def conversation_rows(teams: list[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """In the order of their making, used last in another one; every tenth is the other team's."""
    rng, now, say = random.Random(5), datetime.now(UTC), speaker(5)
    for number in range(count):
        team, made = teams[number % 10 == 0], now - SPAN + SPAN * (number / count)
        yield {name: value for name, value in team["same"].items() if name != "secret_id"} | {
            "id": UUID(int=rng.getrandbits(128)),
            "project_id": rng.choice(team["projects"]),
            "created_by_id": rng.choice(team["people"]),
            "model": "gpt-5-2-chat",
            "model_name": "GPT",
            "capabilities": "{}",
            "session_id": "",
            "title": say(3, 7)[:120],
            "created_at": made,
            "last_turn_at": made + (now - made) * rng.random() ** 4,
        }


def turn_rows(teams: list[dict[str, Any]], conversations: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    rng, say = random.Random(6), speaker(6)
    secrets = {team["same"]["team_id"]: team["same"]["secret_id"] for team in teams}
    for position in range(1, TURNS + 1):
        for each in conversations:
            yield {
                "id": UUID(int=rng.getrandbits(128)),
                "conversation_id": each["id"],
                "position": position,
                "submission": UUID(int=rng.getrandbits(128)),
                "secret_id": secrets[each["team_id"]],
                "created_by_id": each["created_by_id"],
                "question": say(6, 30),
                "answer": say(60, 300),
                "body": b"{}",
                "idempotency_key": f"{rng.getrandbits(128):032x}",
                "path": "stream",
                "status": "done",
                "created_at": each["created_at"],
                "finished_at": each["created_at"],
                "quoted_credits": 3,
                "controls": "{}",
                **dict.fromkeys(("rivya_message_id", "request_id", "error_code", "error_message"), ""),
                **dict.fromkeys(("sends", "clear_sends", "checks"), 0),
            }


def speaker(number: int) -> Callable[[int, int], str]:
    """Says so many words, some of them often, as in life."""
    from benchmarks.million_jobs import made_up_words

    rng, words = random.Random(number), made_up_words(random.Random(7))
    shares = list(accumulate(1 / (place + 3) for place in range(WORDS)))
    return lambda least, most: " ".join(rng.choices(words, cum_weights=shares, k=rng.randint(least, most)))


def measure(rounds: int) -> None:
    from django.test import Client

    from console.teams.models import User

    browser = Client()
    browser.force_login(
        User.objects.get(email="Measured-0@example.com"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    print(f"{'search':28} {'median':>9} {'p95':>9} {'cpu':>9} {'listed':>7} {'scan cpu':>9}")
    for name, text, more in searches():
        query = {"q": text, **more}
        answer = browser.get("/chat/", query)
        assert answer.status_code == 200
        taken, worked = timed(partial(browser.get, "/chat/", query), rounds)
        scan = timed(partial(scan_for, text), 3)[1] if text else [0.0]
        median, p95, cpu = statistics.median(taken), sorted(taken)[int(rounds * 0.95)], statistics.median(worked)
        listed = answer.content.count(b' id="conversation-')
        print(
            f"{name:28} {median:6.1f} ms {p95:6.1f} ms {cpu:6.1f} ms {listed:7} {statistics.median(scan):6.1f} ms",
            flush=True,
        )


def timed(work: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock, and of CPU."""
    taken, worked = [], []
    for _ in range(rounds):
        began, began_working = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_working) * 1000)
    return taken, worked


def searches() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Name, text and other filters of every search that is measured."""
    from benchmarks.million_jobs import made_up_words
    from console.projects.models import Project

    words = made_up_words(random.Random(7))
    project = {"project": str(Project.objects.filter(team__name="Measured").earliest("name").pk)}
    yield "none", "", {}
    yield "in nearly every turn", f"{words[0]} ", {}
    yield "in every tenth turn", f"{words[60]} ", {}
    yield "rare word", f"{words[-1]} ", {}
    yield "beginning of many words", words[0][:2] + words[1][:1], {}
    yield "two common words", f"{words[0]} {words[1]} ", {}
    yield "common and rare", f"{words[0]} {words[-1]} ", {}
    yield "common, project", f"{words[0]} ", project
    yield "rare, project", f"{words[-1]} ", project
    yield "common, archived", f"{words[0]} ", {"archived": "1"}
    yield "no match", "xylophone", {}


def scan_for(text: str) -> list[Any]:
    from django.db.models import Exists, OuterRef, Q

    from console.chat.models import Conversation, Turn

    said = Q(question__icontains=text.strip()) | Q(answer__icontains=text.strip())
    turns = Turn.objects.filter(said, conversation=OuterRef("pk"))
    found = Conversation.objects.filter(team__name="Measured", archived_at=None)
    return list(found.filter(Q(title__icontains=text.strip()) | Exists(turns)).order_by("-last_turn_at", "-id")[:41])


if __name__ == "__main__":
    main()

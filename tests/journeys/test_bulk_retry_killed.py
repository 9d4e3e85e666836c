"""Five hundred jobs tried again while the worker is killed three times: each once, and no credit beyond the quote."""

import re
import sqlite3
import time
from contextlib import closing
from functools import partial
from uuid import UUID, uuid4

import httpx
import pytest

from tests.journeys import books
from tests.journeys.submitting import Person, seeded
from tests.stack import Stack, eventually

PROMPT, JOBS = "a bulk of foxes", 500
KILLED_AFTER = (40, 150, 310)


@pytest.fixture
def person(fresh_stack: Stack) -> Person:
    return seeded(fresh_stack)


def test_a_bulk_of_five_hundred_survives_three_kills_within_its_quote(fresh_stack: Stack, person: Person) -> None:
    with person:
        fail_one(fresh_stack, person)
        copy_job(fresh_stack, JOBS - 1)
        cause = eventually(lambda: grouped(fresh_stack), within_seconds=30)
        bulk, quote = quoted(person, cause)
        assert quote == JOBS
        press(person, f"/failures/retries/{bulk}/", "start")
        for count in KILLED_AFTER:
            eventually(partial(has_carried, fresh_stack, count), within_seconds=120, every_seconds=0.01)
            fresh_stack.worker.kill()
            assert carried(fresh_stack) < JOBS, "it was over before the kill"
            time.sleep(0.2)
            fresh_stack.worker.start()
        eventually(lambda: is_over(fresh_stack), within_seconds=240, every_seconds=0.5)
        eventually(lambda: not books.unsettled(fresh_stack), within_seconds=240, every_seconds=0.5)
    states = dict(books.read(fresh_stack, "SELECT state, count(*) FROM failures_bulkitem GROUP BY 1"))
    assert states == {"sent": JOBS}
    made = books.read(
        fresh_stack, "SELECT id, retried_from_id, final_credits FROM jobs_job WHERE retried_from_id <> ''"
    )
    assert len(made) == len({source for _, source, _ in made}) == JOBS
    named = books.read(fresh_stack, "SELECT new_job_id FROM failures_bulkitem")
    assert {job for (job,) in named} == {job for job, _, _ in made}
    there = [one for one in fresh_stack.sandbox_state()["generations"] if one["status"] == "succeeded"]
    assert len(there) == len({one["idempotency_key"] for one in there}) == JOBS
    assert sum(one["final"] for one in there) == sum(final for *_, final in made) <= quote


def fail_one(stack: Stack, person: Person) -> None:
    """A job that Rivya fails without a charge; the next ones of this prompt come out well."""
    stack.control("POST", "outcomes", {"match": {"prompt": PROMPT}, "outcome": "fail", "times": 1})
    person.submit(PROMPT)
    books.wait_until_done(stack, 30)
    assert [job.status for job in books.jobs(stack, PROMPT)] == ["failed"]


def copy_job(stack: Stack, count: int) -> None:
    """More failed jobs like this one, as if they had been made long ago: without their lines in the ledger."""
    changing = ("id", "submission", "idempotency_key", "rivya_id")
    with closing(sqlite3.connect(stack.data / "console.sqlite3", timeout=20)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(jobs_job)") if row[1] not in changing]
        same = ", ".join(f'"{name}"' for name in columns)
        connection.executemany(
            f"INSERT INTO jobs_job (id, submission, idempotency_key, rivya_id, {same}) "
            f"SELECT ?, ?, ?, ?, {same} FROM jobs_job WHERE retried_from_id IS NULL LIMIT 1",
            [(uuid4().hex, uuid4().hex, str(uuid4()), f"gone_{number}") for number in range(count)],
        )


def grouped(stack: Stack) -> str:
    """The cause of them all, once every job is counted."""
    rows = books.read(stack, "SELECT id FROM failures_cause WHERE count = ?", JOBS)
    return str(UUID(rows[0][0])) if rows else ""


def quoted(person: Person, cause: str) -> tuple[str, int]:
    """A quote for all of them: the bulk, and its credits."""
    answer = press(person, f"/failures/{cause}/", "retries", all="1")
    found = re.search(r"Try (\d+) jobs again · (\d+) credits", answer.text)
    assert found, answer.text
    assert int(found[1]) == JOBS
    return answer.url.path.split("/")[-2], int(found[2])


def press(person: Person, page: str, noun: str, **form: str) -> httpx.Response:
    """Send one of the page's forms, as a browser without scripts would."""
    drawn = person.browser.get(page)
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', drawn.text)
    assert token, drawn.text
    answer = person.browser.post(f"{drawn.url.path}{noun}/", data={"csrfmiddlewaretoken": token[1], **form})
    assert answer.status_code == 200, answer.text
    return answer


def carried(stack: Stack) -> int:
    return int(books.read(stack, "SELECT count(*) FROM failures_bulkitem WHERE state <> 'waiting'")[0][0])


def is_over(stack: Stack) -> bool:
    return bool(books.read(stack, "SELECT 1 FROM failures_bulk WHERE state = 'done' AND ended_at IS NOT NULL"))


def has_carried(stack: Stack, count: int) -> bool:
    return carried(stack) >= count

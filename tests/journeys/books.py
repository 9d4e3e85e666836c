"""Both sides' books, laid beside each other: what the console wrote down, and what Rivya did and charged."""

import hashlib
import os
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.stack import Stack, eventually

ACCOUNT, ACCOUNT_CREDITS = "demo", 5000
FINAL = {"succeeded", "failed", "refused", "withdrawn"}
OPEN_AT_RIVYA = {"queued", "processing"}
LONG_AGO_SECONDS = 7 * 3600


@dataclass(frozen=True)
class JobRow:
    """What the console's database says about a job."""

    id: str
    prompt: str
    status: str
    rivya_id: str
    idempotency_key: str
    final_credits: int | None
    sends: int
    body_sha256: str


def jobs(stack: Stack, prompt: str = "") -> list[JobRow]:
    """The jobs whose prompt begins so, in the order they were made."""
    rows = read(
        stack,
        "SELECT id, prompt, status, rivya_id, idempotency_key, final_credits, sends, body FROM jobs_job "
        "WHERE prompt LIKE ? || '%' ORDER BY created_at",
        prompt,
    )
    return [JobRow(*(*row[:-1], hashlib.sha256(row[-1]).hexdigest())) for row in rows]


def unsettled(stack: Stack, prompt: str = "") -> list[JobRow]:
    """Jobs that are not final."""
    return [job for job in jobs(stack, prompt) if job.status not in FINAL]


def not_home(stack: Stack) -> list[tuple[Any, ...]]:
    """Results whose bytes are not here yet."""
    return read(stack, "SELECT job_id, \"index\", state, tries, problem FROM jobs_result WHERE state != 'collected'")


def read(stack: Stack, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of the console's database, read from outside while it runs."""
    path = stack.data / "console.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(sql, values).fetchall()


def wait_for_truth(stack: Stack, within_seconds: float) -> None:
    """Every job says what Rivya says of it, none is in doubt."""
    ends_at = time.monotonic() + within_seconds
    while wrong := untrue(stack):
        assert time.monotonic() < ends_at, f"not within {within_seconds} s: {wrong}"
        time.sleep(0.5)


def untrue(stack: Stack) -> list[JobRow]:
    """Jobs whose state is not what Rivya's side knows: in doubt, not sent, or behind."""
    there = {one["id"]: one["status"] for one in stack.sandbox_state()["generations"]}
    return [job for job in jobs(stack) if not _is_true(job, there.get(job.rivya_id))]


def wait_until_done(stack: Stack, within_seconds: float) -> None:
    """Every job is final, and every result is here."""
    ends_at = time.monotonic() + within_seconds
    while (left := unsettled(stack)) or not_home(stack):
        assert time.monotonic() < ends_at, f"not within {within_seconds} s: {left or not_home(stack)}"
        time.sleep(0.3)


def assert_never_twice_never_lost(stack: Stack) -> None:
    """One generation for each job that Rivya took, under the one key it was written down with, with its very bytes,
    charged as our ledger says. For a stack whose jobs are all final."""
    state = stack.sandbox_state()
    ours = jobs(stack)
    assert unsettled(stack) == []
    assert_one_generation_a_job(ours, state)
    assert_one_key_and_the_same_bytes(ours, state)
    assert_the_ledger_is_rivyas(stack, ours, state)


def assert_one_generation_a_job(ours: list[JobRow], state: dict[str, Any]) -> None:
    there = {one["idempotency_key"]: one for one in state["generations"]}
    assert Counter(one["idempotency_key"] for one in state["generations"]).most_common(1)[0][1] == 1
    taken = [job for job in ours if job.rivya_id]
    assert {job.rivya_id for job in taken} == {one["id"] for one in state["generations"]}, "one each, and no stray one"
    for job in taken:
        one = there[job.idempotency_key]
        assert (job.rivya_id, job.status, job.final_credits) == (one["id"], one["status"], one["final"]), job


def assert_one_key_and_the_same_bytes(ours: list[JobRow], state: dict[str, Any]) -> None:
    posted = {one["key"]: one for one in state["idempotency"]}
    assert posted.keys() <= {job.idempotency_key for job in ours}, "a key that no job was written down with"
    for job in ours:
        if one := posted.get(job.idempotency_key):
            assert [body["sha256"] for body in one["bodies"]] == [job.body_sha256]


def assert_the_ledger_is_rivyas(stack: Stack, ours: list[JobRow], state: dict[str, Any]) -> None:
    ledger = stack.state()["ledger"]
    charged = sum(one["final"] for one in state["charges"])
    assert "reserved" not in {one["state"] for one in state["charges"]}
    assert sum(project["charged"] for project in ledger) == charged == sum(job.final_credits or 0 for job in ours)
    assert [project["held"] for project in ledger] == [0] * len(ledger)
    assert state["accounts"][ACCOUNT]["balance"] == ACCOUNT_CREDITS - charged
    counted = "SUM(kind = 'reserve'), SUM(kind IN ('settle', 'release')), SUM(kind = 'accept')"
    lines = read(stack, f"SELECT subject, {counted} FROM credits_entry GROUP BY 1")
    assert {subject: counts for subject, *counts in lines} == {job.id: [1, 1, bool(job.rivya_id)] for job in ours}
    (committed,) = read(stack, "SELECT COALESCE(SUM(committed), 0) FROM credits_budget")[0]
    assert committed == charged


def assert_results_are_rivyas_bytes(stack: Stack) -> None:
    """Every result that Rivya names is here, once, with the very bytes that Rivya's media host gives."""
    addresses = {
        (one["id"], index): url
        for one in stack.sandbox_state()["generations"]
        for index, url in enumerate((one["result"] or {}).get("urls", []))
    }
    here = read(
        stack,
        'SELECT job.rivya_id, result."index", result.sha256, result.content, result.source_url FROM jobs_result result '
        "JOIN jobs_job job ON job.id = result.job_id",
    )
    assert {(rivya_id, index) for rivya_id, index, *_ in here} == addresses.keys()
    for rivya_id, index, sha256, content, source_url in here:
        theirs = httpx.get(addresses[rivya_id, index], trust_env=False).raise_for_status().content
        stored = (stack.data / "files" / content).read_bytes()
        assert hashlib.sha256(theirs).hexdigest() == sha256 == hashlib.sha256(stored).hexdigest()
        assert source_url == ""


def assert_nothing_is_left_behind(stack: Stack) -> None:
    """What killed processes left is swept once it is old, and the storage holds nothing that no row names."""
    incoming = stack.data / "incoming"
    for path in incoming.glob("*"):
        old = time.time() - LONG_AGO_SECONDS
        os.utime(path, (old, old))
    eventually(lambda: not list(incoming.glob("*")))
    named = {name for row in read(stack, "SELECT content, preview FROM jobs_result") for name in row if name}
    folder = stack.data / "files"
    assert {str(path.relative_to(folder)) for path in files(folder / "results")} == named


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def _is_true(job: JobRow, at_rivya: str | None) -> bool:
    if at_rivya is None:
        return job.status in FINAL
    return job.status == at_rivya or (job.status in OPEN_AT_RIVYA and at_rivya in OPEN_AT_RIVYA)

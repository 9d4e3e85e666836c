"""`kill -9` of the worker at each step of submission, following and collecting: never twice, never lost."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys import books
from tests.journeys.submitting import Person, seeded
from tests.stack import Process, Stack, copied, eventually

GENERATIONS = "/api/v1/generations"
# Where the worker is when it is killed, for each way that a send can be held: prompt -> fault.
SENDING: dict[str, dict[str, object]] = {
    "in flight, before the work": {"fault": "hang", "when": "before"},
    "in flight, during the work": {"fault": "hang", "when": "during"},
    "after the work, before the answer": {"fault": "hang", "when": "after"},
    "half an answer": {"fault": "slow_body", "bytes_per_second": 20},
}
READING, COLLECTING, UNSENT = "a read in flight", "results on their way", "committed, nobody to send it"
STAGES = [*SENDING, READING, COLLECTING, UNSENT]
A_STAGE = 2
TRUE_WITHIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def aftermath(stack: Stack) -> Stack:
    """A console with default settings whose worker was killed once, with jobs at every step, and started again."""
    with seeded(stack) as person:
        hold_reads(stack, person)
        hold_downloads(stack, person)
        hold_sends(stack, person)
        stack.worker.kill()
        for number in range(A_STAGE):
            person.submit(f"{UNSENT} {number}")
    stack.control("DELETE", "faults")
    stack.worker.start()
    started_at = time.monotonic()
    books.wait_for_truth(stack, TRUE_WITHIN_SECONDS)
    books.wait_until_done(stack, TRUE_WITHIN_SECONDS + 15 - (time.monotonic() - started_at))
    return stack


@pytest.mark.parametrize("stage", STAGES)
def test_a_job_whose_worker_was_killed_is_made_once(aftermath: Stack, stage: str) -> None:
    jobs = books.jobs(aftermath, stage)
    assert [job.status for job in jobs] == ["succeeded"] * len(jobs) != []
    made = [one for one in aftermath.sandbox_state()["generations"] if one["prompt"].startswith(stage)]
    assert {one["idempotency_key"]: one["id"] for one in made} == {job.idempotency_key: job.rivya_id for job in jobs}
    assert len(made) == len(jobs)


def test_the_books_of_both_sides_agree_after_the_kill(aftermath: Stack) -> None:
    books.assert_never_twice_never_lost(aftermath)


def test_each_result_came_home_whole(aftermath: Stack) -> None:
    books.assert_results_are_rivyas_bytes(aftermath)


def test_a_killed_download_leaves_nothing_for_ever(aftermath: Stack) -> None:
    books.assert_nothing_is_left_behind(aftermath)


def hold_reads(stack: Stack, person: Person) -> None:
    """Jobs that Rivya has and works at for long, each with a read in flight."""
    stack.control("POST", "outcomes", {"match": {"prompt": READING}, "times": A_STAGE, "delay_seconds": 200})
    for number in range(A_STAGE):
        person.submit(f"{READING} {number}")
    tasks = [job.rivya_id for job in eventually(lambda: accepted(stack, READING))]
    faults = [arm(stack, f"{GENERATIONS}/{task}", {"fault": "hang"}, method="GET") for task in tasks]
    eventually(lambda: all(struck(stack, fault) for fault in faults))


def hold_downloads(stack: Stack, person: Person) -> None:
    """A job with several results: one download without a byte, one halfway, the others waiting for their turn."""
    stack.control("POST", "outcomes", {"match": {"prompt": COLLECTING}, "outcome": "succeed", "urls": 4})
    silent = arm(stack, "/media/*", {"fault": "hang"}, method="GET")
    halfway = arm(stack, "/media/*", {"fault": "slow_body", "bytes_per_second": 200}, method="GET")
    person.submit(f"{COLLECTING} 0")
    eventually(lambda: struck(stack, silent) and struck(stack, halfway))


def hold_sends(stack: Stack, person: Person) -> None:
    """Jobs that are being sent, at each stage of it."""
    faults = []
    for prompt, fault in SENDING.items():
        faults.append(arm(stack, GENERATIONS, fault, prompt=prompt, times=A_STAGE))
        for number in range(A_STAGE):
            person.submit(f"{prompt} {number}")
    eventually(lambda: all(struck(stack, fault, A_STAGE) for fault in faults))


def arm(
    stack: Stack, path: str, fault: dict[str, object], *, method: str = "POST", times: int = 1, **match: str
) -> int:
    """Arm a fault at the sandbox; its id there."""
    where = {"method": method, "path": path, **match}
    armed: dict[str, int] = stack.control("POST", "faults", {"match": where, "times": times, **fault})
    return armed["id"]


def struck(stack: Stack, fault: int, times: int = 1) -> bool:
    """Whether the fault has struck so often."""
    return any(one["id"] == fault and one["used"] >= times for one in stack.sandbox_state()["faults"])


def accepted(stack: Stack, prompt: str) -> list[books.JobRow]:
    """The jobs with this prompt once Rivya has them all, else none."""
    jobs = books.jobs(stack, prompt)
    return jobs if all(job.rivya_id for job in jobs) else []


def has_begun_to_send(stack: Stack, prompt: str) -> bool:
    """Whether every job with this prompt is leased for its first send."""
    return all(job.sends for job in books.jobs(stack, prompt))


# -- with short time-outs, so that leases end soon --------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A console whose exchanges may take 4 s, so its leases last 19 s."""
    data, static = prepared
    folder = copied(data, tmp_path_factory.mktemp("quick") / "data")
    with Stack(folder, static, {"RIVYA_TIMEOUT_SECONDS": "4"}) as running:
        yield running


@pytest.fixture(scope="module")
def person(quick: Stack) -> Iterator[Person]:
    with seeded(quick) as signed_in:
        yield signed_in


@pytest.fixture(autouse=True)
def nothing_armed(request: pytest.FixtureRequest) -> Iterator[None]:
    """No fault of one test strikes in the next."""
    yield
    if "quick" in request.fixturenames:
        request.getfixturevalue("quick").control("DELETE", "faults")


def test_a_request_that_arrives_after_its_sender_died_is_the_same_job(quick: Stack, person: Person) -> None:
    quick.sandbox.freeze()
    for number in range(3):
        person.submit(f"delivered late {number}")
    eventually(lambda: has_begun_to_send(quick, "delivered late"))
    quick.worker.kill()
    quick.sandbox.thaw()
    quick.worker.start()
    books.wait_until_done(quick, 60)
    books.assert_never_twice_never_lost(quick)


def test_a_deploy_waits_for_answers_that_are_about_to_come(quick: Stack, person: Person) -> None:
    slow, silent = "an answer in two seconds", "an answer that never comes"
    faults = [
        arm(quick, GENERATIONS, {"fault": "slow", "seconds": 2, "when": "after"}, prompt=slow),
        arm(quick, GENERATIONS, {"fault": "hang", "when": "after"}, prompt=silent),
    ]
    person.submit(slow)
    person.submit(silent)
    eventually(lambda: all(struck(quick, fault) for fault in faults))
    quick.worker.stop()
    assert "worker_stopped" in quick.worker.words
    assert "Traceback" not in quick.worker.words
    assert [(bool(job.rivya_id), job.sends) for job in books.jobs(quick, slow)] == [(True, 1)]
    quick.worker.start()
    books.wait_until_done(quick, 45)
    books.assert_never_twice_never_lost(quick)


def test_two_workers_share_the_work_and_do_nothing_twice(quick: Stack, person: Person) -> None:
    second = Process(
        "second worker", quick.worker.arguments, quick.environment, quick.data / "second.log", quick.worker.is_ready
    )
    quick.worker.stop()
    quick.control("DELETE", "requests")
    for number in range(10):
        person.submit(f"shared {number} [many]")
    try:
        with ThreadPoolExecutor(2) as starting:  # one that is late by seconds finds nothing left
            list(starting.map(Process.start, (quick.worker, second)))
        books.wait_until_done(quick, 60)
        assert "exchange" in second.words
    finally:
        second.stop()
    assert {job.sends for job in books.jobs(quick, "shared")} == {1}
    downloads = [one for one in quick.sandbox_state()["requests"] if one["path"].startswith("/media/")]
    assert sum(one["count"] for one in downloads) == 10 * 4
    books.assert_never_twice_never_lost(quick)
    books.assert_results_are_rivyas_bytes(quick)

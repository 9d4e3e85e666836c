"""`kill -9` of Rivya itself: what was on its way stays in doubt until Rivya is back, and is then found out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import books
from tests.journeys.submitting import Person, seeded
from tests.stack import Stack, copied, eventually

GENERATIONS = {"method": "POST", "path": "/api/v1/generations"}


@pytest.fixture(scope="module")
def stack(prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A console whose exchanges may take 4 s."""
    data, static = prepared
    folder = copied(data, tmp_path_factory.mktemp("stack") / "data")
    with Stack(folder, static, {"RIVYA_TIMEOUT_SECONDS": "4"}) as running:
        yield running


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    with seeded(stack) as signed_in:
        yield signed_in


def test_jobs_survive_the_death_of_rivya_at_every_step(stack: Stack, person: Person) -> None:
    follow, collect, during, after = "being followed", "being collected", "during the work", "after the work"
    stack.control("POST", "outcomes", {"match": {"prompt": follow}, "times": 2, "delay_seconds": 60})
    stack.control("POST", "faults", {"match": {"path": "/media/*"}, "fault": "slow_body", "bytes_per_second": 50})
    person.submit(f"{collect} [many]")
    for number in range(2):
        person.submit(f"{follow} {number}")
    eventually(lambda: all_have_struck(stack))
    hold(stack, person, during)
    hold(stack, person, after)
    eventually(lambda: all_have_struck(stack))
    stack.sandbox.kill()
    person.submit("nobody there")
    eventually(lambda: [job for job in books.jobs(stack, "nobody there") if job.sends])
    eventually(lambda: in_doubt(stack) == {during, after})
    stack.sandbox.start()
    stack.control("DELETE", "faults")
    books.wait_for_truth(stack, 60)
    books.wait_until_done(stack, 60)
    books.assert_never_twice_never_lost(stack)
    books.assert_results_are_rivyas_bytes(stack)
    books.assert_nothing_is_left_behind(stack)


def hold(stack: Stack, person: Person, when: str) -> None:
    """Send a job whose answer does not come, however often it is asked for."""
    fault = {"fault": "hang", "when": when.split(maxsplit=1)[0], "times": None}
    stack.control("POST", "faults", {"match": {**GENERATIONS, "prompt": when}, **fault})
    person.submit(when)


def all_have_struck(stack: Stack) -> bool:
    return all(one["used"] for one in stack.sandbox_state()["faults"])


def in_doubt(stack: Stack) -> set[str]:
    """Prompts of the jobs whose outcome is unknown. A job that surely was not sent is not among them."""
    return {job.prompt for job in books.jobs(stack) if job.status == "unknown"}

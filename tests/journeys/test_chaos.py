"""Thirty jobs while everything dies and comes back at random moments, and Rivya does whatever it likes."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import books
from tests.journeys.submitting import Person, seeded
from tests.stack import Process, Stack, copied

SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10_000))
STORM_SECONDS, CALM_SECONDS = 30.0, 75.0
MOST_KILLS, MOST_FAULTS = 9, 24
JOBS = (
    ("z-image", "A paper boat"),
    ("z-image", "A kite [fail]"),
    ("z-image", "A lamp [busy]"),
    ("4o-image", "A boot [fail charged]"),
    ("seedream-4-0", "Four tulips [many]"),
    ("suno-sounds", "Rain on a roof"),
    ("sora-2", "A slow wave"),
    ("z-image", "A well [refuse]"),
    ("z-image", "A door [error]"),
    ("sora-2", "A cloud [fail half]"),
)
SEND = {"method": "POST", "path": "/api/v1/generations"}
READ = {"method": "GET", "path": "/api/v1/generations/*"}
FETCH = {"method": "GET", "path": "/media/*"}
FAULTS: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
    *((SEND, {"fault": "hang", "seconds": 10, "when": when}) for when in ("before", "during", "after")),
    *((SEND, {"fault": "reset", "when": when}) for when in ("before", "during", "after")),
    (SEND, {"fault": "error", "code": "internal_error", "status": 500, "when": "after"}),
    (SEND, {"fault": "rate_limited", "retry_after": "seconds", "seconds": 1}),
    (SEND, {"fault": "html", "status": 200, "when": "after"}),
    (SEND, {"fault": "half_body"}),
    (READ, {"fault": "hang", "seconds": 10}),
    (READ, {"fault": "garbage_json"}),
    (READ, {"fault": "unknown_state"}),
    (READ, {"fault": "error", "code": "not_found", "status": 404}),
    (READ, {"fault": "half_body", "how": "reset"}),
    (FETCH, {"fault": "half_body"}),
    (FETCH, {"fault": "slow_body", "bytes_per_second": 300}),
)


@pytest.fixture
def stack(prepared: tuple[Path, Path], tmp_path: Path) -> Iterator[Stack]:
    """A console whose exchanges may take 2 s."""
    data, static = prepared
    with Stack(copied(data, tmp_path / "data"), static, {"RIVYA_TIMEOUT_SECONDS": "2"}) as running:
        yield running


def test_no_job_is_lost_or_made_twice_in_a_storm(stack: Stack) -> None:
    print(f"the seed of this storm: CHAOS_SEED={SEED}")  # noqa: T201 - pytest shows it when the test fails
    chance = random.Random(SEED)
    with seeded(stack) as person:
        storm = threading.Thread(target=rage, args=(stack, chance))
        storm.start()
        try:
            made = submit_all(person, random.Random(SEED + 1))
        finally:
            storm.join()
    assert sorted(made) == sorted(job.id for job in books.jobs(stack)), "each form made one job, and nothing else did"
    books.wait_for_truth(stack, 60)
    books.wait_until_done(stack, CALM_SECONDS)
    books.assert_never_twice_never_lost(stack)
    books.assert_results_are_rivyas_bytes(stack)
    books.assert_nothing_is_left_behind(stack)


def submit_all(person: Person, chance: random.Random) -> list[str]:
    """Thirty jobs, spread over the storm; each form is sent until the console answers."""
    made = []
    for number in range(30):
        model, prompt = JOBS[number % len(JOBS)]
        form = person.form_until_answered(model).with_values(prompt=f"{prompt} {number}")
        made.append(person.send_until_answered(form))
        time.sleep(chance.uniform(0.1, 0.9))
    return made


def rage(stack: Stack, chance: random.Random) -> None:
    """Kill and restart, arm faults; at the end everything runs and nothing is armed."""
    ends_at = time.monotonic() + STORM_SECONDS
    acts: list[Callable[[], None]] = [lambda: kill(stack, chance)] * MOST_KILLS
    acts += [lambda: arm(stack, chance)] * MOST_FAULTS
    chance.shuffle(acts)
    for act in acts:
        if time.monotonic() > ends_at:
            break
        act()
        time.sleep(chance.uniform(0.05, 2 * STORM_SECONDS / len(acts) - 0.05))
    stack.control("DELETE", "faults")


def kill(stack: Stack, chance: random.Random) -> None:
    """`kill -9` of one of the three, perhaps a moment of absence, and its return."""
    victim: Process = chance.choice([stack.worker, stack.worker, stack.web, stack.sandbox])
    victim.kill()
    time.sleep(chance.uniform(0, 0.5))
    victim.start()


def arm(stack: Stack, chance: random.Random) -> None:
    match, fault = chance.choice(FAULTS)
    stack.control("POST", "faults", {"match": match, **fault})

"""Fifty people press the button in the same moment on a budget for ten: ten get through, twenty times in a row.

Through the real web server, with SQLite and with PostgreSQL.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.journeys import submitting
from tests.stack import Stack, copied, eventually, manage

PARALLEL, BUDGET, ROUNDS = 50, 10, 20
REFUSED = {409, 422}
STREAM, CHAT_MODEL, CHAT_RESERVES = "/api/v1/chat/completions/stream", "gpt-5-2-chat", 3
POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stack(
    request: pytest.FixtureRequest, prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    data, static = prepared
    settings = {}
    if request.param == "postgresql":
        if not POSTGRESQL.startswith("postgres"):
            pytest.skip("TEST_DATABASE_URL names no PostgreSQL")
        settings = {"DATABASE_URL": request.getfixturevalue("own_database")}
    ready = Stack(copied(data, tmp_path_factory.mktemp("stack") / "data"), static, settings)
    if settings:
        manage(ready.environment, "migrate", "-v0")
        manage(ready.environment, "createcachetable")
    with ready as running:
        yield running


@pytest.fixture(scope="module")
def own_database() -> Iterator[str]:
    """A database beside the one that the tests are told of, dropped at the end."""
    server, _, _ = POSTGRESQL.rpartition("/")
    name = sql.Identifier(f"console_journey_{uuid4().hex[:8]}")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield f"{server}/{name.as_string(None).strip(chr(34))}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[submitting.Person]:
    with submitting.seeded(stack) as somebody:
        somebody.form_until_answered("z-image")
        yield somebody


def test_fifty_parallel_submits_on_a_budget_of_ten_make_ten_jobs(stack: Stack, person: submitting.Person) -> None:
    form = person.form_of("z-image").with_values(prompt="A red bicycle")
    before = committed(stack)
    for number in range(1, ROUNDS + 1):
        set_budget(person, before + number * BUDGET)

        def submit(browser: httpx.Client) -> int:
            fields = form.with_values(form=str(uuid4())).fields
            return browser.post("/jobs/", data=fields, follow_redirects=False).status_code

        told = Counter(in_parallel(person, submit))
        assert told.pop(302) == BUDGET, (number, told)
        assert set(told) <= REFUSED
    assert len(stack.state()["jobs"]) == ROUNDS * BUDGET
    assert committed(stack) == before + ROUNDS * BUDGET


def test_fifty_parallel_questions_on_a_budget_for_ten_open_ten_turns(stack: Stack, person: submitting.Person) -> None:
    """Each question reserves three credits; the answers stand still, or an early one would make room for another."""
    for number in range(1, ROUNDS + 1):
        stack.control("POST", "faults", {"match": {"path": STREAM}, "fault": "hold_stream", "times": None})
        set_budget(person, committed(stack) + BUDGET * CHAT_RESERVES)

        def ask(browser: httpx.Client) -> int:
            form = {"project": person.project, "model": CHAT_MODEL, "message": "[short] Go", "submission": str(uuid4())}
            return browser.post("/chat/", data=form, follow_redirects=False).status_code

        told = Counter(in_parallel(person, ask))
        assert told.pop(302) == BUDGET, (number, told)
        assert set(told) <= REFUSED
        stack.control("DELETE", "faults")
        eventually(lambda: not held(stack), within_seconds=60, every_seconds=0.5)
    turns = stack.state()["turns"]
    assert len(turns) == ROUNDS * BUDGET
    assert {turn["status"] for turn in turns} == {"done"}


def in_parallel(person: submitting.Person, act: Callable[[httpx.Client], int]) -> list[int]:
    """The status of each of fifty answers, asked for in the same moment by browsers of one session."""
    barrier = Barrier(PARALLEL)

    def once(_: int) -> int:
        with httpx.Client(
            base_url=person.stack.base_url,
            cookies=person.browser.cookies,
            headers={"Referer": person.stack.base_url, "X-CSRFToken": person.browser.cookies["console_csrf"]},
            timeout=60,
            trust_env=False,
        ) as browser:
            barrier.wait()
            return act(browser)

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(once, range(PARALLEL)))


def set_budget(person: submitting.Person, credits: int) -> None:
    """Through the page of the project's budget."""
    token = {"X-CSRFToken": person.browser.cookies["console_csrf"]}
    answer = person.browser.post(
        f"/projects/{person.project}/budget/", data={"monthly_budget": str(credits)}, headers=token
    )
    assert answer.status_code == 200, answer.text


def committed(stack: Stack) -> int:
    """Charged and held of the one project, as the state's export says it."""
    (project,) = stack.state()["ledger"]
    return int(project["charged"]) + int(project["held"])


def held(stack: Stack) -> int:
    (project,) = stack.state()["ledger"]
    return int(project["held"])

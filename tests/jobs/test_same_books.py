"""Whatever happens to a row of jobs on their way, our ledger and Rivya's charges are the same in the end.

Answers get lost, work fails, is charged anyway, or for another price, the worker dies with an answer in its hands,
forms are sent twice: no line is written twice, nothing stays held, and no job gets in where the budget has no room.
"""

import asyncio
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.credits import ledger
from console.jobs.asking import ask
from console.jobs.loop import claim_due
from console.jobs.models import Job
from console.keys.clients import from_sync
from console.projects.models import Project
from console.teams.models import Team, User
from tests.books import assert_same_books, fresh_account
from tests.conftest import Sandbox
from tests.factories import make_account, make_job, make_key, make_model, make_project
from tests.jobs.following import turn

pytestmark = pytest.mark.django_db
MOST_TURNS = 80
FAULTS: list[dict[str, Any]] = [
    {"fault": "reset", "when": "before"},
    {"fault": "reset", "when": "after"},
    {"fault": "error", "code": "internal_error", "status": 500, "when": "after"},
    {"fault": "html", "status": 502},
    {"fault": "unavailable"},
    {"fault": "error", "code": "invalid_request", "status": 400},
    {"fault": "error", "code": "insufficient_credits", "status": 402},
]
OUTCOMES: list[dict[str, Any]] = [
    {"outcome": "succeed"},
    {"outcome": "succeed", "final_credits": 3},
    {"outcome": "succeed", "final_credits": 0},
    {"outcome": "fail", "charged": False},
    {"outcome": "fail", "charged": True},
]
STORIES = st.lists(
    st.tuples(
        st.sampled_from([None, *FAULTS]),  # what happens to the first call
        st.sampled_from(OUTCOMES),
        st.integers(1, 2),  # how often its form is sent
        st.booleans(),  # whether the worker dies with the answers in its hands
        st.integers(1, 4),  # what we quote; Rivya takes 1
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=STORIES, budget=st.sampled_from([None, 3, 8]))
def test_the_ledger_is_what_rivya_charged(
    team: Team, alice: User, sandbox: Sandbox, stories: list[Any], budget: int | None
) -> None:
    here = fresh_account(sandbox)
    key = make_key(team, here.secret, account=make_account(team))
    project = make_project(team, key, monthly_budget=budget)
    for fault, outcome, times, dies, quoted in stories:
        prompt = uuid4().hex
        arm(here, prompt, fault, outcome)
        submit(project, alice, prompt, times, quoted)
        if dies:
            die_with_the_answers()
        turn()
    here.control("DELETE", "faults")
    finish(project)
    assert_same_books(here, project)


def arm(sandbox: Sandbox, prompt: str, fault: dict[str, Any] | None, outcome: dict[str, Any]) -> None:
    match = {"account": sandbox.account, "prompt": prompt}
    sandbox.control("POST", "outcomes", {"match": match, **outcome, "delay_seconds": 0.1})
    if fault:
        sandbox.control("POST", "faults", {"match": match | {"method": "POST"}, **fault})


def submit(project: Project, person: User, prompt: str, times: int, quoted: int) -> None:
    """Send a form so often; one job comes of it if the budget has room for it, and none if not."""
    has_room = ledger.month_now(project).holds(quoted)
    model, submission, made = make_model(base_credits=quoted), uuid4(), set()
    for _ in range(times):
        try:
            made.add(make_job(project, person, model=model, prompt=prompt, submission=submission).pk)
        except ledger.BudgetReached:
            assert not has_room
    assert len(made) == int(has_room)


def die_with_the_answers() -> None:
    """Calls go out and are answered, and nothing of it is written down; the leases end."""
    Job.objects.open().update(next_check_at=timezone.now())
    token, claimed = claim_due(50)

    async def ask_all() -> None:
        await asyncio.gather(*(ask(job, token, access) for job, access in claimed))

    from_sync(ask_all)()
    Job.objects.open().update(leased_until=timezone.now() - timedelta(seconds=1))


def finish(project: Project) -> None:
    mine = Job.objects.filter(project=project)
    for _ in range(MOST_TURNS):
        if not mine.open().exists():
            return
        turn()
        sleep(0.05)  # the sandbox works by the clock
    raise AssertionError(f"still open: {list(mine.open().values_list('status', flat=True))}")

"""Budgets hold under concurrency: 50 parallel submits on a budget of 10 make 10."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from console.credits import ledger
from console.credits.models import Budget, Entry
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project

pytestmark = pytest.mark.django_db(transaction=True)
PARALLEL, BUDGET = 50, 10


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team)


@pytest.fixture
def project(team: Team, key: Key) -> Project:
    return make_project(team, key, monthly_budget=BUDGET)


def test_fifty_parallel_reserves_on_a_budget_of_ten_make_ten(project: Project, key: Key, alice: User) -> None:
    barrier = Barrier(PARALLEL)

    def reserve(_: int) -> bool:
        subject = ledger.Subject(uuid4(), "job", "z-image", "image")
        barrier.wait()
        try:
            ledger.reserve(subject, project=project, key=key, person=alice, credits=1)
        except ledger.BudgetReached:
            return False
        finally:
            connection.close()
        return True

    assert in_parallel(reserve).count(True) == BUDGET
    assert Entry.objects.filter(project=project).held() == Budget.objects.get(project=project).committed == BUDGET


def test_fifty_parallel_submits_on_a_budget_of_ten_make_ten_jobs(project: Project, alice: User) -> None:
    model = make_model()

    def submit(_: int) -> bool:
        try:
            make_job(project, alice, model=model)
        except ledger.BudgetReached:
            return False
        finally:
            connection.close()
        return True

    assert in_parallel(submit).count(True) == Job.objects.count() == BUDGET
    assert Entry.objects.filter(project=project).held() == BUDGET


def test_one_submission_sent_fifty_times_at_once_is_one_job(team: Team, key: Key, alice: User) -> None:
    free, model, submission = make_project(team, key), make_model(), uuid4()

    def submit(_: int) -> object:
        try:
            return make_job(free, alice, model=model, submission=submission).pk
        finally:
            connection.close()

    assert len(set(in_parallel(submit))) == Job.objects.count() == Entry.objects.count() == 1


def test_closing_from_many_sides_closes_once(project: Project, key: Key, alice: User) -> None:
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    ledger.reserve(subject, project=project, key=key, person=alice, credits=5)

    def close(number: int) -> bool:
        try:
            with transaction.atomic():
                ledger.settle(subject.id, 3) if number % 2 else ledger.release(subject.id)
        except IntegrityError:
            return False
        finally:
            connection.close()
        return True

    assert in_parallel(close).count(True) == 1
    assert Entry.objects.filter(project=project).held() == 0
    assert Budget.objects.get(project=project).committed == Entry.objects.filter(project=project).charged()


def in_parallel(act: Callable[[int], object]) -> list[object]:
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(act, range(PARALLEL)))

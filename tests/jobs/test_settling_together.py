"""Several workers write answers down at once: each job is settled once, and none is left to the end of its lease."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from console import rivya
from console.credits.models import Budget, Entry
from console.jobs.asking import Answer
from console.jobs.loop import claim_due
from console.jobs.models import Job
from console.jobs.settling import settle
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project

WORKERS, ROUNDS = 4, 12


@pytest.mark.django_db(transaction=True)
def test_workers_that_settle_the_same_projects_at_once_do_not_stop_each_other(team: Team, alice: User) -> None:
    model, key = make_model(base_credits=3), make_key(team)
    projects = [make_project(team, each, monthly_budget=10_000) for each in (key, make_key(team, "rvya_sk_two_2222"))]
    for _ in range(WORKERS * ROUNDS):
        for project in projects:
            make_job(project, alice, model=model)
    token, claimed = claim_due(1000)
    answers = [Answer(job, token, access.secret_id, 5, generation=failed()) for job, access in claimed]
    barrier = Barrier(WORKERS)

    def work(number: int) -> None:
        mine = answers[number * len(answers) // WORKERS : (number + 1) * len(answers) // WORKERS]
        try:
            for start in range(0, len(mine), 4):
                barrier.wait(30)
                settle(sorted(mine[start : start + 4], key=lambda one: one.job.project_id.int * (-1) ** number))
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    assert Job.objects.open().count() == 0
    assert Entry.objects.held() == 0
    assert sum(Budget.objects.values_list("committed", flat=True)) == Entry.objects.charged() == 2 * len(answers)


def failed() -> rivya.Generation:
    error = {"code": "generation_failed", "message": ""}
    told = {"id": f"task_{uuid4().hex}", "status": "failed", "reserved_credits": 3, "final_credits": 2, "error": error}
    found = rivya.types.read_one(rivya.Generation, told)
    assert found
    return found

"""A due row is worked on by one worker at a time, and comes free by itself when its worker is gone."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from console.engine.leases import claim
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project

LEASE_SECONDS = 600.0


@pytest.fixture
def project(team: Team) -> Project:
    return make_project(team, make_key(team))


def jobs(project: Project, person: User, count: int) -> list[Job]:
    model = make_model()
    return [make_job(project, person, model=model) for _ in range(count)]


def take(limit: int = 100) -> tuple[UUID, list[Job]]:
    return claim(Job.objects.due(), order="next_check_at", limit=limit, lease_seconds=LEASE_SECONDS)


def test_the_longest_due_come_first_and_no_more_than_asked_for(project: Project, alice: User) -> None:
    made = jobs(project, alice, 3)
    Job.objects.filter(pk=made[2].pk).update(next_check_at=timezone.now() - timedelta(hours=1))
    assert [job.pk for job in take(2)[1]] == [made[2].pk, made[0].pk]


def test_what_is_leased_is_not_claimed_again_until_the_lease_ends(project: Project, alice: User) -> None:
    jobs(project, alice, 2)
    first, claimed = take()
    assert {job.lease for job in claimed} == {first}
    assert take()[1] == []
    Job.objects.filter(pk=claimed[0].pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    second, again = take()
    assert [job.pk for job in again] == [claimed[0].pk]
    assert second != first
    assert not Job.objects.filter(pk=claimed[0].pk, lease=first).exists(), "the dead worker's answer finds no row"


def test_a_lease_outlives_what_it_was_asked_for(project: Project, alice: User) -> None:
    jobs(project, alice, 1)
    before = timezone.now()
    (job,) = take()[1]
    assert job.leased_until
    assert job.leased_until >= before + timedelta(seconds=LEASE_SECONDS)


def test_what_is_written_with_the_lease_is_there_when_the_work_begins(project: Project, alice: User) -> None:
    jobs(project, alice, 1)
    due = Job.objects.due()
    _, (job,) = claim(due, order="pk", limit=1, lease_seconds=1, sends=F("sends") + 1)
    assert job.sends == Job.objects.get().sends == 1


@pytest.mark.parametrize("limit", [0, -3])
def test_nobody_claims_without_hands(project: Project, alice: User, limit: int) -> None:
    jobs(project, alice, 1)
    assert take(limit)[1] == []


def test_nothing_due_is_nothing_claimed(db: None) -> None:
    assert take()[1] == []


@pytest.mark.django_db(transaction=True)
def test_eight_workers_never_share_a_row(project: Project, alice: User) -> None:
    made = jobs(project, alice, 60)

    def work(_: int) -> list[UUID]:
        try:
            return [job.pk for _ in range(20) for job in take(3)[1]]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        claimed = [pk for mine in workers.map(work, range(8)) for pk in mine]
    assert Counter(claimed) == Counter(job.pk for job in made)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_is_writing_holds_up_no_claim_of_the_others(project: Project, alice: User) -> None:
    """On PostgreSQL it is skipped; on SQLite the claim waits for the writer's end."""
    held, other = jobs(project, alice, 2)
    writing, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Job.objects.select_for_update().filter(pk=held.pk).update(lease=uuid4())
            writing.set()
            may_end.wait(1 if connection.vendor == "sqlite" else 20)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(10)
    claimed = {job.pk for job in take()[1]}
    may_end.set()
    writer.join()
    assert other.pk in claimed
    assert (held.pk in claimed) == (connection.vendor == "sqlite")

"""Discrete work runs in the worker's consumer, survives being asked for twice, and keeps no record of itself."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from huey.contrib.djhuey import HUEY

from console.engine.consumer import make_consumer
from console.jobs.models import Job, Result
from console.jobs.tasks import collect_result
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn_until_done
from tests.stack import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def consumer() -> Iterator[None]:
    """The consumer as the worker runs it."""
    HUEY.flush()
    running = make_consumer()
    running.start()
    yield
    running.stop(graceful=True)
    HUEY.flush()


@pytest.fixture
def finished(project: Project, alice: User, sandbox: Sandbox) -> Job:
    """A job whose results are not home yet, and whose tasks nobody has done."""
    return turn_until_done(make_job(project, alice, prompt="A kite [many]"))


def test_the_consumer_does_what_was_enqueued(finished: Job, consumer: None) -> None:
    for result in finished.results.all():
        collect_result.enqueue(str(result.pk))
    states = finished.results.values_list("state", flat=True)
    eventually(lambda: set(states.all()) == {Result.State.COLLECTED})


def test_a_task_enqueued_many_times_is_done_once(finished: Job, sandbox: Sandbox, consumer: None) -> None:
    sandbox.control("DELETE", "requests")
    for _ in range(5):
        for result in finished.results.all():
            collect_result.enqueue(str(result.pk))
    eventually(lambda: HUEY.pending_count() == 0)
    eventually(lambda: not finished.results.exclude(state=Result.State.COLLECTED).exists())
    fetched = [one for one in sandbox.state()["requests"] if one["path"].startswith("/media/")]
    assert sum(one["count"] for one in fetched) == finished.results.count() == 4


def test_a_task_about_nothing_harms_nobody(finished: Job, consumer: None) -> None:
    collect_result.enqueue(str(uuid4()))
    result = finished.results.first()
    assert result
    collect_result.enqueue(str(result.pk))
    eventually(lambda: Result.objects.get(pk=result.pk).state == Result.State.COLLECTED)


def test_tasks_wait_in_a_file_for_a_worker_that_comes_later(finished: Job) -> None:
    HUEY.flush()
    result = finished.results.first()
    assert result
    collect_result.enqueue(str(result.pk))
    assert HUEY.pending_count() == 1
    running = make_consumer()
    running.start()
    try:
        eventually(lambda: Result.objects.get(pk=result.pk).state == Result.State.COLLECTED)
    finally:
        running.stop(graceful=True)
    assert (HUEY.pending_count(), HUEY.result_count()) == (0, 0)

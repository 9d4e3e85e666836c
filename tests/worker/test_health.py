"""What an operator asks: is it up, is it ready, how is it doing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.jobs.models import Job
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(team: Team, alice: User) -> Job:
    return make_job(make_project(team, make_key(team)), alice)


def test_a_process_that_answers_is_up(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_a_console_whose_work_is_done_is_ready(client: Client, job: Job) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["migrations_missing"]) == (200, True, 0)


def test_a_console_whose_worker_is_gone_is_not_ready(client: Client, job: Job) -> None:
    Job.objects.update(next_check_at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["oldest_due_job_seconds"] > 299


def test_a_console_with_a_migration_to_make_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'live'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations_missing"]) == (503, 2)


def test_metrics_are_there_for_whoever_has_the_token(client: Client, settings: Any, job: Job) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'console_jobs{status="unsent"} 1.0' in text
    assert "console_oldest_due_job_seconds" in text
    assert "console_migrations_missing 0.0" in text


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Bearer ä", "a-long-token2"])
def test_metrics_are_nowhere_for_anybody_else(client: Client, settings: Any, given: str) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_a_monitor_may_ask_for_the_head_alone(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")


def test_health_takes_no_posts(client: Client) -> None:
    assert {client.post(path).status_code for path in ("/healthz", "/readyz", "/metrics")} == {405}

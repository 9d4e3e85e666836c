"""Support finds a job by its ids, and reads nothing private."""

from typing import Any

import pytest
from django.test import Client

from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job, make_result, make_user


@pytest.fixture
def support(db: None, browser_of: Any) -> Client:
    client: Client = browser_of(make_user("sue", is_staff=True, is_superuser=True))
    return client


def test_support_sees_states_and_lengths_but_no_words(studio: Project, alice: User, support: Client) -> None:
    job = make_job(studio, alice, prompt="A secret product", params={"style": "clandestine"}, rivya_id="task_5")
    make_result(job, source_url="https://media.example/signed", source_host="media.example")
    found = support.get("/admin/jobs/job/", {"q": "task_5"}).content.decode()
    page = support.get(f"/admin/jobs/job/{job.pk}/change/").content.decode()
    assert str(job.pk) in found
    assert "16 characters, closed" in page
    for private in ("A secret product", "clandestine", "media.example/signed"):
        assert private not in found + page


def test_support_changes_nothing(studio: Project, alice: User, support: Client) -> None:
    job = make_job(studio, alice)
    assert support.post(f"/admin/jobs/job/{job.pk}/change/", {"status": "succeeded"}).status_code == 403
    assert support.post(f"/admin/jobs/job/{job.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Job.objects.get().status == Job.Status.UNSENT


@pytest.mark.parametrize("path", ["account/emailaddress/add/", "auth/group/add/", "teams/user/add/"])
def test_support_gives_nobody_another_address_or_right(support: Client, path: str) -> None:
    assert support.get(f"/admin/{path}").status_code in {403, 404}


def test_support_signs_in_at_the_door_that_counts_failed_tries(db: None, client: Client) -> None:
    answer = client.post("/admin/login/?next=/admin/", {"username": "sue@example.com", "password": "guess"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/account/login/")

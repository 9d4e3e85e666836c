"""What only asks whether an address is there opens nothing."""

from typing import Any

import pytest
from django.urls import reverse

from console.jobs.models import Job
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_project

pytestmark = pytest.mark.django_db


def test_the_head_of_a_page_does_not_count_as_a_look(team: Team, alice: User, browser_of: Any) -> None:
    job = make_job(make_project(team, make_key(team)), alice, status=Job.Status.SUCCEEDED)
    browser, page = browser_of(alice), reverse("jobs:show", args=[job.pk])
    head = browser.head(page)
    job.refresh_from_db()
    assert (head.status_code, head.content, job.opened_at) == (200, b"", None)
    browser.get(page)
    job.refresh_from_db()
    assert job.opened_at is not None


def test_what_is_taken_away_is_fetched_whole_or_not_at_all(team: Team, alice: User, browser_of: Any) -> None:
    assert browser_of(alice).head(reverse("jobs:export")).status_code == 405

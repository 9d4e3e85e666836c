"""From a job that failed to its cause, for who sees causes; and what Home asks of whom."""

from typing import Any

import pytest

from console.failures.models import Cause
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import Membership, Role, User
from tests.failures.failing import fail
from tests.failures.test_bulk_retry import studio

__all__ = ["studio"]

pytestmark = pytest.mark.django_db


def test_a_failed_job_leads_to_those_that_failed_like_it(browser_of: Any, studio: Project, alice: User) -> None:
    job, browser = fail(studio, alice), browser_of(alice)
    assert f'href="/failures/jobs/{job.pk}/"' in browser.get(f"/jobs/{job.pk}/").content.decode()
    assert browser.get(f"/failures/jobs/{job.pk}/").headers["Location"] == f"/failures/{Cause.objects.get().pk}/"


def test_a_job_that_is_under_no_cause_leads_to_all_of_them(browser_of: Any, studio: Project, alice: User) -> None:
    job, browser = fail(studio, alice), browser_of(alice)
    Cause.objects.all().delete()
    assert browser.get(f"/failures/jobs/{job.pk}/").headers["Location"] == "/failures/"
    Job.objects.filter(pk=job.pk).update(status=Job.Status.SUCCEEDED)
    assert "/failures/jobs/" not in browser.get(f"/jobs/{job.pk}/").content.decode()


def test_who_sees_some_projects_is_not_led_to_what_spans_all(
    browser_of: Any, studio: Project, alice: User, bob: User
) -> None:
    job = fail(studio, alice)
    Membership.objects.filter(user=bob).update(all_projects=False)
    studio.members.create(membership=Membership.objects.get(user=bob))
    assert "/failures/jobs/" not in browser_of(bob).get(f"/jobs/{job.pk}/").content.decode()


def test_home_asks_nobody_for_what_they_may_not_do(browser_of: Any, studio: Project, alice: User, bob: User) -> None:
    fail(studio, alice)
    Membership.objects.filter(user=bob).update(role=Role.VIEWER)
    assert "The generation failed" in browser_of(alice).get("/failures/asking/").content.decode()
    assert "The generation failed" not in browser_of(bob).get("/failures/asking/").content.decode()

"""Home: what needs me, what runs, what came out, what it cost; and the way in for a team that has nothing yet."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console.credits import ledger
from console.jobs.models import Job
from console.keys.models import Account
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project, make_result

Browse = Any


def asking(browser: Any) -> list[str]:
    return [card.title for card in browser.get("/").context["asking"]]


def test_my_failures_and_everybodys_open_questions_need_me(
    studio: Project, alice: User, bob: User, browser_of: Browse
) -> None:
    make_job(studio, alice, prompt="Mine failed", status=Job.Status.FAILED)
    make_job(studio, bob, prompt="Bob's failed", status=Job.Status.FAILED)
    make_job(studio, bob, prompt="Nobody knows", status=Job.Status.NEEDS_REVIEW)
    make_job(studio, alice, prompt="All is well", status=Job.Status.SUCCEEDED)
    long_ago = timezone.now() - timedelta(days=9)
    make_job(studio, alice, prompt="Long ago", status=Job.Status.FAILED, created_at=long_ago)
    tried = make_job(studio, alice, prompt="Tried again", status=Job.Status.REFUSED)
    make_job(studio, alice, prompt="The second try", retried_from=tried)
    assert asking(browser_of(alice)) == ["Nobody knows", "Mine failed"]
    assert asking(browser_of(bob)) == ["Nobody knows", "Bob's failed"]


def test_running_jobs_and_latest_results_are_shown(studio: Project, alice: User, browser_of: Browse) -> None:
    running = make_job(studio, alice, prompt="On its way")
    make_result(make_job(studio, alice, prompt="Here it is", status=Job.Status.SUCCEEDED))
    page = browser_of(alice).get("/")
    assert [card.title for card in page.context["running"]] == ["On its way"]
    assert [card.title for card in page.context["latest"]] == ["Here it is"]
    assert f'hx-trigger="job-{running.pk} from:body"' in page.content.decode()


def test_a_low_wallet_needs_somebody(studio: Project, alice: User, browser_of: Browse) -> None:
    make_job(studio, alice)
    Account.objects.update(balance=7, balance_at=timezone.now())
    assert "had 7 credits left" in browser_of(alice).get("/").content.decode()


def test_a_new_team_is_led_from_key_to_project_to_job(team: Team, alice: User, browser_of: Browse) -> None:
    browser = browser_of(alice)
    assert "/keys/new/" in browser.get("/").content.decode()
    key = make_key(team)
    assert "/projects/new/" in browser.get("/").content.decode().split('id="content"')[1]
    make_project(team, key)
    assert "Make something" in browser.get("/").content.decode()


@pytest.mark.parametrize(("zone", "day"), [("UTC", 1), ("Pacific/Kiritimati", 2)])
def test_the_month_is_counted_in_days_of_the_team(
    studio: Project, alice: User, browser_of: Browse, zone: str, day: int
) -> None:
    Team.objects.update(time_zone=zone)
    studio.refresh_from_db()
    with time_machine.travel("2026-04-01T20:00:00Z", tick=False):
        job = make_job(studio, alice, model=make_model(base_credits=8))
        ledger.settle(job.pk, 6)
        page = browser_of(alice).get("/jobs/spend/")
    assert page.context["total"] == 6
    assert [bar.day.day for bar in page.context["bars"] if bar.credits] == [day]


def test_a_visitor_is_sent_to_sign_in(client: Any, db: None) -> None:
    assert client.get("/").status_code == 302

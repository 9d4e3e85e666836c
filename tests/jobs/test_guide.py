"""The first visit: each step as far as the team has come, for those who may take it and those who may not."""

from typing import Any

import pytest

from console.jobs.models import Job
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_key, make_project, make_result, make_team, make_user

pytestmark = pytest.mark.django_db


def guide(browser: Any, page: str = "/") -> str:
    return str(browser.get(page).content.decode()).partition('id="guide"')[2].partition("</section>")[0]


def buttons(text: str) -> list[str]:
    return [part.partition('href="')[2].partition('"')[0] for part in text.split('class="btn btn-primary"')[1:]]


def test_each_step_has_one_button_and_follows_what_is_there(team: Team, alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    assert buttons(guide(browser)) == ["/keys/new/"]
    key = make_key(team)
    assert buttons(guide(browser)) == ["/projects/new/"]
    project = make_project(team, None)
    assert buttons(guide(browser)) == [f"/projects/{project.pk}/settings/"]
    type(project).objects.update(key=key)
    assert buttons(guide(browser)) == [f"/jobs/new/?project={project.pk}"]
    project.refresh_from_db()
    job = make_job(project, alice)
    assert buttons(guide(browser)) == [f"/jobs/{job.pk}/"]
    assert f"job-{job.pk} from:body" in guide(browser)
    Job.objects.update(status=Job.Status.FAILED)
    assert "See why" in guide(browser)
    Job.objects.update(status=Job.Status.SUCCEEDED)
    make_result(job)
    assert guide(browser) == ""
    assert "All 3 steps are done" in guide(browser, "/start/")


def test_a_key_that_is_refused_is_no_key(team: Team, alice: User, browser_of: Any) -> None:
    key = make_key(team)
    key.secrets.update(state="refused")
    type(key).objects.update(state="refused")
    assert buttons(guide(browser_of(alice))) == ["/keys/new/"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_who_may_not_add_a_key_is_told_who_may(team: Team, alice: User, browser_of: Any, role: str) -> None:
    shown = guide(browser_of(make_user("mo", team, role)))
    assert buttons(shown) == []
    assert "alice@example.com" in shown


def test_skipping_is_remembered_for_this_person_in_this_team(
    team: Team, alice: User, bob: User, browser_of: Any
) -> None:
    browser = browser_of(alice)
    assert browser.post("/start/dismissal/").status_code == 302
    assert guide(browser) == ""
    assert "/start/" in browser.get("/").content.decode()
    assert buttons(guide(browser, "/start/")) == ["/keys/new/"]
    assert guide(browser_of(bob)) != ""
    second = make_team(alice)
    browser.post(f"/teams/{second.pk}/switch/")
    assert buttons(guide(browser)) == ["/keys/new/"]


def test_a_demo_team_needs_no_key(team: Team, alice: User, browser_of: Any) -> None:
    demo = make_team(alice, name="Demo team", is_demo=True)
    browser = browser_of(alice)
    browser.post(f"/teams/{team.pk}/switch/")
    assert f"/teams/{demo.pk}/switch/" in guide(browser)
    browser.post(f"/teams/{demo.pk}/switch/")
    assert "needs no key of yours" in guide(browser)

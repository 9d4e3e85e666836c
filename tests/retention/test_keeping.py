"""Who says how long a project keeps things, what they are shown before, and what is written down."""

from typing import Any

import pytest

from console.audit.models import AuditEvent
from console.projects.models import Project
from console.retention.models import Sweep
from console.teams.models import Role, Team, User
from tests.factories import make_user
from tests.retention.old_things import old_chat, old_job, states

pytestmark = pytest.mark.django_db


def page(project: Project) -> str:
    return f"/projects/{project.pk}/retention/"


def test_a_preview_comes_before_anything_is_saved(spring: Project, alice: User, browser_of: Any) -> None:
    job = old_job(spring, alice, days=40, results=2)
    old_job(spring, alice, days=5)
    old_chat(spring, alice, days=40)
    browser = browser_of(alice)
    answer = browser.post(page(spring), {"results": "30", "chats": "20"})
    preview = answer.context["preview"]
    assert (preview.now.results.results, preview.now.results.size_bytes, preview.now.chats.conversations) == (
        2,
        2000,
        1,
    )
    assert (preview.soon.results.results, preview.soon.chats.conversations) == (3, 1)
    assert preview.now.results.oldest == job.finished_at
    spring.refresh_from_db()
    assert (spring.keep_results_days, Sweep.objects.exists()) == (None, False)

    assert browser.post(page(spring), {"results": "30", "chats": "20", "seen": "30/20"}).status_code == 302
    spring.refresh_from_db()
    assert (spring.keep_results_days, spring.keep_chats_days) == (30, 20)
    line = AuditEvent.objects.get(act="retention.changed")
    assert (line.actor_id, line.before, line.after) == (
        alice.pk,
        {"keep_results_days": None, "keep_chats_days": None},
        {"keep_results_days": 30, "keep_chats_days": 20},
    )
    assert states(job) == ["collected", "collected"], "the worker removes, not the page"


def test_a_preview_of_other_days_is_no_consent(spring: Project, alice: User, browser_of: Any) -> None:
    answer = browser_of(alice).post(page(spring), {"results": "1", "chats": "", "seen": "30/"})
    assert answer.context["preview"].days.results == 1
    spring.refresh_from_db()
    assert spring.keep_results_days is None


def test_keeping_longer_is_saved_at_once(spring: Project, alice: User, browser_of: Any) -> None:
    Project.objects.filter(pk=spring.pk).update(keep_results_days=30)
    assert browser_of(alice).post(page(spring), {"results": "60", "chats": ""}).status_code == 302
    spring.refresh_from_db()
    assert spring.keep_results_days == 60


@pytest.mark.parametrize("days", ["0", "-1", "3651", "1.5", "soon", "99999999999999999999", "1\0"])
def test_days_that_make_no_sense_are_said_in_the_form(spring: Project, alice: User, browser_of: Any, days: str) -> None:
    answer = browser_of(alice).post(page(spring), {"results": days, "chats": days, "seen": f"{days}/{days}"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_owners_and_admins_may(team: Team, spring: Project, browser_of: Any, role: str) -> None:
    browser = browser_of(make_user("mo", team, role))
    form = {"results": "1", "chats": "1", "seen": "1/1"}
    assert [browser.get(page(spring)).status_code, browser.post(page(spring), form).status_code] == [403, 403]
    spring.refresh_from_db()
    assert spring.keep_results_days is None


def test_the_teams_settings_list_every_project_with_its_days(spring: Project, alice: User, browser_of: Any) -> None:
    Project.objects.filter(pk=spring.pk).update(keep_results_days=30)
    shown = " ".join(browser_of(alice).get("/projects/retention/").content.decode().split())
    assert "Results 30 days · chats for ever" in shown

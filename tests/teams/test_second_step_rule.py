"""A team that asks for a second step opens nothing to whoever has none."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from console.audit.models import AuditEvent
from console.projects.models import Project
from console.teams.models import Team, User
from console.teams.streaming import still_allowed
from tests.factories import make_job, make_result, make_team, make_user

pytestmark = pytest.mark.django_db


def give_step(person: User) -> None:
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}}
    )


@pytest.fixture
def strict(team: Team) -> Team:
    Team.objects.filter(pk=team.pk).update(requires_second_step=True)
    return Team.objects.get(pk=team.pk)


def test_an_owner_needs_one_before_asking_for_it(alice: User, team: Team, browser_of: Any) -> None:
    browser: Client = browser_of(alice)
    answer = browser.post("/team/second-step/", {"required": "on"})
    assert answer.status_code == 422
    assert "of your own first" in answer.content.decode()
    assert not Team.objects.get(pk=team.pk).requires_second_step
    give_step(alice)
    assert browser.post("/team/second-step/", {"required": "on"}).status_code == 302
    assert Team.objects.get(pk=team.pk).requires_second_step
    line = AuditEvent.objects.get(act="second_step.required")
    assert (line.before, line.after) == ({"required": False}, {"required": True})


def test_only_an_owner_asks_for_it(team: Team, browser_of: Any) -> None:
    admin = make_user("ann", team, "admin")
    give_step(admin)
    assert browser_of(admin).post("/team/second-step/", {"required": "on"}).status_code == 403


@pytest.mark.parametrize("page", ["/", "/people/", "/jobs/", "/jobs/export.csv", "/chat/", "/usage/", "/files/"])
def test_pages_lead_to_the_set_up(bob: User, strict: Team, browser_of: Any, page: str) -> None:
    answer = browser_of(bob).get(page)
    if answer.status_code == 404:
        pytest.fail(f"{page} is gone")
    assert answer.headers["Location"] == f"/teams/{strict.pk}/second-step/"


def test_fragments_lead_the_whole_page(bob: User, strict: Team, browser_of: Any) -> None:
    answer = browser_of(bob).get("/failures/count/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/teams/{strict.pk}/second-step/"


def test_bytes_and_streams_stay_shut(bob: User, strict: Team, project: Project, browser_of: Any, rf: Any) -> None:
    result = make_result(make_job(project, bob), content="a.png")
    browser: Client = browser_of(bob)
    answer = browser.get(f"/results/{result.pk}/")
    assert answer.headers.get("Location") == f"/teams/{strict.pk}/second-step/"
    assert browser.get("/live/").status_code == 404
    request = rf.get("/live/")
    request.session = browser.session
    assert not still_allowed(request, bob.pk, strict.pk)
    give_step(bob)
    assert still_allowed(request, bob.pk, strict.pk)


def test_a_second_step_opens_the_team(bob: User, strict: Team, browser_of: Any) -> None:
    browser: Client = browser_of(bob)
    asked = browser.get("/", follow=True)
    assert "asks for a second step" in asked.content.decode()
    give_step(bob)
    assert browser.get("/people/").status_code == 200
    assert browser.get(f"/teams/{strict.pk}/second-step/").headers["Location"] == "/"


def test_another_team_stays_open(bob: User, strict: Team, browser_of: Any) -> None:
    other = make_team(bob, name="Elsewhere")
    browser: Client = browser_of(bob)
    assert "Elsewhere" in browser.get("/", follow=True).content.decode()
    browser.post(f"/teams/{other.pk}/switch/")
    assert browser.get("/people/").status_code == 200

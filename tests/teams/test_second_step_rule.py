"""A team that asks for a second step opens nothing to whoever has none."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from console.audit.models import AuditEvent
from console.projects.models import Project
from console.teams.models import Team, User
from console.teams.streaming import still_allowed
from tests.factories import make_job, make_result, make_team, make_user

pytestmark = pytest.mark.django_db
DONE = "/account/second-steps/"


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


@pytest.mark.parametrize(
    ("asked", "headers", "led_to"),
    [
        ("/usage/?month=2026-11", {}, "/usage/?month=2026-11"),
        ("/people/", {"Sec-Fetch-Dest": "document"}, "/people/"),
        ("/failures/count/", {"HX-Request": "true"}, "/"),
        ("/jobs/export.csv", {}, "/"),
        ("/files/", {"Sec-Fetch-Dest": "image"}, "/"),
    ],
)
def test_done_leads_on_to_where_the_person_was_going(
    bob: User, strict: Team, browser_of: Any, asked: str, headers: dict[str, str], led_to: str
) -> None:
    make_team(bob, name="Elsewhere")
    browser: Client = browser_of(bob)
    browser.post(f"/teams/{strict.pk}/switch/")
    browser.get(asked, headers=headers)
    browser.get(f"/teams/{strict.pk}/second-step/")
    assert browser.get(DONE).headers["Location"] == "/account/", "there is none yet"
    give_step(bob)
    browser.post(f"/teams/{Team.objects.get(name='Elsewhere').pk}/switch/")
    assert browser.get(DONE).headers["Location"] == led_to
    assert browser.get("/people/").context["team"] == strict
    assert browser.get(DONE).headers["Location"] == "/account/", "once"


def test_an_app_that_a_team_asked_for_leads_past_its_codes_into_the_team(
    bob: User, strict: Team, browser_of: Any
) -> None:
    browser: Client = browser_of(bob)
    browser.get("/people/", follow=True)
    secret = browser.get("/account/second-steps/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))
    codes = browser.post("/account/second-steps/totp/activate/", {"code": code}, follow=True)
    assert "10 of 10 left" in codes.content.decode()
    assert f'href="{DONE}">Done</a>' in codes.content.decode()
    assert browser.get(DONE, follow=True).redirect_chain == [("/people/", 302)]


def test_who_is_no_longer_in_the_team_is_led_to_their_account(bob: User, strict: Team, browser_of: Any) -> None:
    browser: Client = browser_of(bob)
    browser.get("/people/", follow=True)
    give_step(bob)
    bob.memberships.all().delete()
    assert browser.get(DONE).headers["Location"] == "/account/"


def test_another_team_stays_open(bob: User, strict: Team, browser_of: Any) -> None:
    other = make_team(bob, name="Elsewhere")
    browser: Client = browser_of(bob)
    assert "Elsewhere" in browser.get("/", follow=True).content.decode()
    browser.post(f"/teams/{other.pk}/switch/")
    assert browser.get("/people/").status_code == 200

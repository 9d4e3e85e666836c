"""Two tabs of one browser show two teams: what is sent from a page is done in the team that the page shows."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from django.urls import reverse

from console.audit.recording import record
from console.failures.models import Cause
from console.projects.models import Project
from console.teams.models import Invitation, Role, Team, User
from console.teams.which_team import FIELD, HEADER, SESSION_TEAM
from tests.factories import make_job, make_key, make_project, make_team
from tests.support.addresses import body_of

PAGE = {"Sec-Fetch-Dest": "document"}
PICTURE = {"Sec-Fetch-Dest": "image"}
PART = {"HX-Request": "true"}


@pytest.fixture
def beta(alice: User) -> Project:
    """A project of another team of hers."""
    other = make_team(alice, name="Beta")
    return make_project(other, make_key(other))


@pytest.fixture
def tab(alice: User, team: Team, beta: Project, browser_of: Any) -> Client:
    """A tab that shows her first team; after it was drawn another tab went to the other."""
    browser: Client = browser_of(alice)
    browser.get(reverse("projects:show", args=[beta.pk]), headers=PAGE)
    assert shown(browser) == str(beta.team_id)
    return browser


def shown(browser: Client) -> str:
    return str(browser.session[SESSION_TEAM])


def test_a_form_is_done_in_the_team_of_its_page(tab: Client, team: Team) -> None:
    form = {"addresses": "dana@example.com", "role": Role.VIEWER, "reach": "all"}
    assert tab.post("/people/invitations/", form | {FIELD: str(team.pk)}).status_code == 302
    assert [each.team for each in Invitation.objects.all()] == [team]
    assert shown(tab) == str(team.pk)


def test_settings_are_those_of_the_page(tab: Client, team: Team, beta: Project) -> None:
    form = {"name": "Alpha", "time_zone": "Europe/Berlin", "billing_contact": "", "low_balance_at": "75"}
    assert tab.post("/team/", form | {FIELD: str(team.pk)}).status_code == 302
    assert [each.name for each in Team.objects.filter(pk__in=[team.pk, beta.team_id]).order_by("name")] == [
        "Alpha",
        "Beta",
    ]


def test_each_page_names_its_team(tab: Client, team: Team, beta: Project) -> None:
    assert f'name="page_team" value="{beta.team_id}"' in tab.get("/people/invitations/").content.decode()
    drawn = tab.get("/people/invitations/", {FIELD: str(team.pk)}).content.decode()
    assert f'name="page_team" value="{team.pk}"' in drawn
    assert f'"{HEADER}": "{team.pk}"' in drawn


def test_a_file_is_that_of_the_page(tab: Client, team: Team, beta: Project) -> None:
    record("thing.done", team, team_id=team.pk, actor=None)
    record("other.done", beta, team_id=beta.team_id, actor=None)
    lines = body_of(tab.get("/audit/lines.csv", {FIELD: str(team.pk)}))
    assert b"thing.done" in lines
    assert b"other.done" not in lines


@pytest.mark.parametrize("goal", [PICTURE, PART])
def test_what_a_page_asks_for_by_itself_leaves_the_session_alone(
    tab: Client, alice: User, team: Team, goal: dict[str, str]
) -> None:
    job, before = make_job(make_project(team, make_key(team)), alice), shown(tab)
    assert tab.get(reverse("jobs:face", args=[job.pk]), headers=goal).status_code == 200
    assert shown(tab) == before
    assert tab.get(reverse("jobs:show", args=[job.pk]), headers=PAGE).status_code == 200
    assert shown(tab) == str(team.pk)


def test_a_part_is_that_of_the_page(tab: Client, team: Team, beta: Project) -> None:
    before = shown(tab)
    for number in range(3):
        Cause.objects.create(team=team, code=f"code_{number}", model="z-image", count=1)
    headers = PART | {HEADER: str(team.pk)}
    assert ">3<" in tab.get("/failures/count/", headers=headers).content.decode()
    assert ">3<" not in tab.get("/failures/count/", headers=PART).content.decode()
    assert shown(tab) == before


def test_a_foreign_team_is_as_an_absent_one(tab: Client, charlie: User) -> None:
    foreign = make_team(charlie)
    told = []
    for pk in (foreign.pk, uuid4(), "x"):
        answer = tab.post("/people/invitations/", {"addresses": "dana@example.com", FIELD: str(pk)})
        told.append((answer.status_code, "not in the team" in answer.content.decode()))
    assert told == [(403, True)] * 3
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_a_stream_is_that_of_the_page(alice: User, charlie: User, team: Team) -> None:
    browser = AsyncClient()
    await browser.aforce_login(alice)
    foreign = await Team.objects.acreate(name="Foreign")
    assert (await browser.get("/live/", headers={HEADER: str(foreign.pk)})).status_code == 403
    assert (await browser.get("/live/", headers={HEADER: str(team.pk)})).status_code == 200

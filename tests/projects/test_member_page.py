"""On the page of people it is chosen which projects a member or viewer sees: all of the team's, or some."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.projects.membership import limit
from console.projects.models import Project, ProjectMember
from console.projects.reach import reach_of
from console.teams.models import Membership, Role, Team, User
from console.teams.streaming import reach_of as reach_of_stream
from tests.factories import make_project, make_team, make_user
from tests.teams.test_proof import asks, grow_old

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(team: Team) -> Project:
    return make_project(team, name="Spring")


@pytest.fixture
def summer(team: Team) -> Project:
    return make_project(team, name="Summer")


@pytest.fixture
def theirs(bob: User) -> Membership:
    return bob.memberships.get()


@pytest.fixture
def client(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


def page_of(theirs: Membership) -> str:
    return reverse("projects:member", args=[theirs.pk])


def row_of(client: Client, theirs: Membership) -> str:
    page = client.get(reverse("teams:people")).content.decode()
    return page.partition(f'id="member-{theirs.pk}"')[2].partition("</tr>")[0]


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_somebody_is_limited_to_some_projects_and_let_into_all_again(
    browser_of: Any, team: Team, theirs: Membership, alice: User, spring: Project, summer: Project, role: str
) -> None:
    client = browser_of(make_user("dana", team, role))
    assert page_of(theirs) in row_of(client, theirs)
    some = {"sees": "some", "projects": [str(spring.pk)]}
    assert client.post(page_of(theirs), some).headers["Location"] == reverse("teams:people")
    theirs.refresh_from_db()
    assert reach_of(theirs) == (spring.pk,)
    assert set(reach_of_stream(theirs.user_id, team.pk) or ()) == {spring.pk}, "what an open stream asks"
    assert "Spring" in (row := row_of(client, theirs))
    assert "Summer" not in row
    assert client.get(page_of(theirs)).context["form"].ticked == {str(spring.pk)}
    client.post(page_of(theirs), {"sees": "all", "projects": [str(spring.pk)]})
    theirs.refresh_from_db()
    assert (reach_of(theirs), ProjectMember.objects.count()) == (None, 0)
    acts = AuditEvent.objects.filter(object_id=str(theirs.pk)).order_by("at").values_list("act", flat=True)
    assert list(acts) == ["member.limited", "member.opened_to_all"]


@pytest.mark.parametrize("form", [{}, {"sees": "some"}, {"sees": "none"}, {"sees": "some", "projects": ["x"]}])
def test_what_says_nothing_changes_nothing(
    client: Client, theirs: Membership, spring: Project, form: dict[str, Any]
) -> None:
    answer = client.post(page_of(theirs), form | {"more": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert Membership.objects.get(pk=theirs.pk).all_projects
    assert not AuditEvent.objects.exists()


def test_another_teams_project_is_no_choice(client: Client, theirs: Membership, spring: Project) -> None:
    foreign = make_project(make_team(), name="Foreign")
    assert "Foreign" not in client.get(page_of(theirs)).content.decode()
    answer = client.post(page_of(theirs), {"sees": "some", "projects": [str(spring.pk), str(foreign.pk)]})
    assert (answer.status_code, ProjectMember.objects.count()) == (422, 0)


def test_an_archived_project_that_somebody_sees_stays_theirs(
    client: Client, theirs: Membership, alice: User, spring: Project, summer: Project
) -> None:
    limit(theirs, [spring, summer], actor=alice)
    Project.objects.filter(pk=spring.pk).update(archived_at="2026-01-01T00:00:00Z")
    form = client.get(page_of(theirs)).context["form"]
    assert ([*form.team_projects], form.ticked) == ([summer, spring], {str(spring.pk), str(summer.pk)})


def test_owners_and_admins_see_every_project_and_have_no_such_page(client: Client, team: Team, spring: Project) -> None:
    adam = make_user("adam", team, Role.ADMIN).memberships.get()
    assert page_of(adam) not in row_of(client, adam)
    for answer in (client.get(page_of(adam)), client.post(page_of(adam), {"sees": "some", "projects": [spring.pk]})):
        assert answer.headers["Location"] == reverse("teams:people")
    assert not ProjectMember.objects.exists()


def test_it_asks_again_as_other_acts_on_people_do(client: Client, theirs: Membership, spring: Project) -> None:
    grow_old(client)
    assert client.get(page_of(theirs)).status_code == 200
    assert asks(client.post(page_of(theirs), {"sees": "some", "projects": [str(spring.pk)]}))
    assert Membership.objects.get(pk=theirs.pk).all_projects


def test_members_do_not_read_which_projects_others_see(
    browser_of: Any, team: Team, theirs: Membership, alice: User, spring: Project, summer: Project
) -> None:
    limit(theirs, [spring], actor=alice)
    vera = make_user("vera", team, Role.VIEWER)
    limit(vera.memberships.get(), [summer], actor=alice)
    page = browser_of(vera).get(reverse("teams:people")).content.decode()
    assert "Spring" not in page
    assert browser_of(vera).get(page_of(theirs)).status_code == 403

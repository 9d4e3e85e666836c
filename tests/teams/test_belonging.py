"""A suspended member is to the team as a stranger, in every queryset that is asked through the asker, and on pages."""

from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from console.notices.models import Notice
from console.notices.telling import tell
from console.teams.access import Act, is_member, people_who_may
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_job, make_key, make_project, make_team, make_user

pytestmark = pytest.mark.django_db
ASKED = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]


def suspend(person: User, team: Team) -> None:
    Membership.objects.filter(user=person, team=team).update(suspended_at=timezone.now())


@pytest.mark.parametrize("model", ASKED, ids=lambda model: model.__name__)
def test_whatever_is_found_through_the_asker_leaves_out_suspended_members(model: Any, bob: User) -> None:
    asked = str(model._default_manager.visible_to(bob).query)
    assert '"suspended_at" IS NULL' in asked


def test_a_suspended_member_finds_what_a_stranger_finds(browser_of: Any, team: Team, bob: User, charlie: User) -> None:
    project = make_project(team, make_key(team))
    job = make_job(project, bob)
    paths = [reverse("jobs:show", args=[job.pk]), reverse("projects:show", args=[project.pk])]
    assert [browser_of(bob).get(path).status_code for path in paths] == [200, 200]
    suspend(bob, team)
    assert [browser_of(bob).get(path).status_code for path in paths] == [404, 404]
    assert [browser_of(charlie).get(path).status_code for path in paths] == [404, 404]
    assert browser_of(bob).get(reverse("teams:people")).headers["Location"] == reverse("teams:none")
    assert browser_of(bob).post(reverse("teams:switch", args=[team.pk])).status_code == 404
    assert not is_member(bob.pk, team.pk)


def test_who_is_suspended_in_one_team_is_at_home_in_the_other(browser_of: Any, team: Team, bob: User) -> None:
    second = make_team(bob, name="The other one")
    client = browser_of(bob)
    client.post(reverse("teams:switch", args=[team.pk]))
    suspend(bob, team)
    page = client.get(reverse("teams:people"))
    assert page.context["team"] == second
    assert [each.team for each in page.context["my_teams"]] == [second]


def test_a_suspended_owner_is_not_asked_and_gets_no_mail(team: Team, alice: User) -> None:
    second = make_user("dora", team, Role.OWNER)
    tell([alice, second], team=team, kind="budget", key="budget-80", title="Spring has used 80 %")
    suspend(second, team)
    assert people_who_may(Act.MANAGE_TEAM, team.pk) == [alice]
    assert [notice.person for notice in Notice.objects.unmailed()] == [alice]
    assert not Notice.objects.visible_to(second).exists()

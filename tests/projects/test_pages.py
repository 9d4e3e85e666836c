"""The pages of projects: owners and admins make and change them, everybody looks, every change is recorded."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_key, make_project, make_team, make_user

pytestmark = pytest.mark.django_db
TYPED = {"name": "Spring", "purpose": "Pictures for spring", "default_model": "z-image", "monthly_budget": "600"}


@pytest.fixture
def stored(team: Team) -> Key:
    return make_key(team, name="Studio")


@pytest.fixture
def spring(team: Team, stored: Key) -> Project:
    return make_project(team, stored, name="Spring")


@pytest.fixture
def client(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


def test_a_project_is_made_with_its_key_and_budget(client: Client, alice: User, stored: Key) -> None:
    form = client.get(reverse("projects:new")).context["form"]
    assert form.initial["key"] == stored
    answer = client.post(reverse("projects:new"), TYPED | {"key": str(stored.pk)})
    project = Project.objects.get()
    assert answer.headers["Location"] == reverse("projects:show", args=[project.pk])
    assert (project.key, project.monthly_budget, project.created_by) == (stored, 600, alice)
    assert AuditEvent.objects.get().after == {
        "name": "Spring", "purpose": "Pictures for spring", "key": str(stored), "default_model": "z-image",
        "monthly_budget": 600,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "n" * 81},
        {"name": "a\0b"},
        {"purpose": ""},
        {"purpose": "p" * 281},
        {"monthly_budget": "-1"},
        {"monthly_budget": "much"},
        {"monthly_budget": "9" * 30},
        {"default_model": "m" * 121},
        {"key": "nonsense"},
    ],
)
def test_a_wrong_form_is_shown_again_and_writes_nothing(client: Client, wrong: dict[str, str]) -> None:
    answer = client.post(reverse("projects:new"), TYPED | wrong)
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.context["form"].errors
    assert not Project.objects.exists()


def test_another_teams_key_is_no_choice(client: Client, charlie: User) -> None:
    theirs = make_key(charlie.memberships.get().team, "rvya_sk_of_charlie_0001")
    answer = client.post(reverse("projects:new"), TYPED | {"key": str(theirs.pk)})
    assert (answer.status_code, Project.objects.count()) == (422, 0)


def test_a_name_is_used_once_in_a_team_in_any_case(client: Client, charlie: User, spring: Project) -> None:
    assert client.post(reverse("projects:new"), TYPED | {"name": "sPRING"}).status_code == 422
    make_project(charlie.memberships.get().team, name="Summer")
    assert client.post(reverse("projects:new"), TYPED | {"name": "Summer"}).status_code == 302


def test_a_form_sent_from_many_sides_at_once_makes_one_project(
    transactional_db: None, browser_of: Any, alice: User
) -> None:
    clients = [browser_of(alice) for _ in range(6)]

    def send(client: Client) -> int:
        try:
            return client.post(reverse("projects:new"), TYPED).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as clicks:
        assert sorted(clicks.map(send, clients)) == [302, *[422] * 5]
    assert Project.objects.count() == AuditEvent.objects.count() == 1


def test_a_change_is_recorded_before_and_after(client: Client, spring: Project, stored: Key) -> None:
    typed = TYPED | {"key": str(stored.pk), "monthly_budget": "5"}
    assert client.post(reverse("projects:edit", args=[spring.pk]), typed).status_code == 302
    event = AuditEvent.objects.get()
    assert (event.act, event.before["monthly_budget"], event.after["monthly_budget"]) == ("project.changed", None, 5)
    assert client.get(reverse("projects:edit", args=[spring.pk])).context["form"].initial["monthly_budget"] == 5


def test_an_archived_project_is_put_away_and_brought_back(client: Client, spring: Project) -> None:
    path = reverse("projects:archive", args=[spring.pk])
    client.post(path)
    page = client.get(reverse("projects:index"))
    assert ([*page.context["open"]], [*page.context["archived"]]) == ([], [spring])
    assert client.get(reverse("projects:show", args=[spring.pk])).status_code == 200
    client.post(path)
    assert [*client.get(reverse("projects:index")).context["open"]] == [spring]
    assert [event.act for event in AuditEvent.objects.order_by("at")] == ["project.archived", "project.restored"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_and_viewers_look_and_do_not_act(browser_of: Any, team: Team, spring: Project, role: str) -> None:
    client: Client = browser_of(make_user("dora", team, role))
    for path in (reverse("projects:index"), reverse("projects:show", args=[spring.pk])):
        assert "Spring" in client.get(path).content.decode()
    for path in (reverse("projects:new"), reverse("projects:edit", args=[spring.pk])):
        assert {client.get(path).status_code, client.post(path, TYPED).status_code} == {403}
    assert client.post(reverse("projects:archive", args=[spring.pk])).status_code == 403


def test_a_keys_page_says_which_projects_use_it(client: Client, spring: Project, stored: Key) -> None:
    path = reverse("projects:using_key", args=[stored.pk])
    assert "Spring" in client.get(path).content.decode()
    assert "1 project" in client.get(f"{path}?short=1").content.decode()


@pytest.mark.parametrize("count", [0, 1, 40])
def test_the_list_of_projects_asks_the_database_as_often_for_many_as_for_one(
    client: Client, team: Team, stored: Key, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        make_project(team, stored)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("projects:index"))
    assert len(page.context["open"]) == count


def test_an_object_page_belongs_to_its_own_team(client: Client, alice: User, spring: Project) -> None:
    make_team(alice, name="Another")
    assert client.get(reverse("projects:show", args=[spring.pk])).context["team"] == spring.team

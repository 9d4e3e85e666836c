"""The pages of projects: owners and admins make and change them, everybody looks, every change is recorded."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from console.audit.models import AuditEvent
from console.keys.models import Key
from console.projects.models import Project, StandingBudget
from console.teams.access import enter
from console.teams.models import Role, Team, User
from tests.factories import make_key, make_project, make_team, make_user
from tests.teams.test_proof import grow_old

pytestmark = pytest.mark.django_db
TYPED = {"name": "Spring", "purpose": "Pictures for spring", "default_model": "z-image", "monthly_budget": "600"}
ASK = "/account/reauthenticate/"


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
    made, budgeted = AuditEvent.objects.order_by("at")
    assert made.after == {
        "name": "Spring", "purpose": "Pictures for spring", "key": str(stored), "default_model": "z-image",
    }  # fmt: skip
    assert (budgeted.act, budgeted.before, budgeted.after) == (
        "budget.changed", {"monthly_budget": None}, {"monthly_budget": 600},
    )  # fmt: skip
    assert [kept.credits for kept in StandingBudget.objects.all()] == [600]


def test_a_project_without_a_budget_has_no_line_of_one(client: Client) -> None:
    assert client.post(reverse("projects:new"), TYPED | {"monthly_budget": ""}).status_code == 302
    assert AuditEvent.objects.get().act == "project.created"


def test_making_a_project_asks_again_as_setting_a_budget_does(client: Client) -> None:
    grow_old(client)
    assert client.get(reverse("projects:new")).status_code == 200
    for budget in ("600", ""):
        answer = client.post(reverse("projects:new"), TYPED | {"monthly_budget": budget})
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, ASK)
    assert not Project.objects.exists()


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
    assert (Project.objects.count(), AuditEvent.objects.filter(act="project.created").count()) == (1, 1)


def test_a_change_is_recorded_before_and_after(client: Client, spring: Project, stored: Key) -> None:
    typed = TYPED | {"key": str(stored.pk), "purpose": "Autumn after all"}
    assert client.post(reverse("projects:edit", args=[spring.pk]), typed).status_code == 302
    event = AuditEvent.objects.get()
    assert event.act == "project.changed"
    assert (event.before["purpose"], event.after["purpose"]) == (spring.purpose, "Autumn after all")
    form = client.get(reverse("projects:edit", args=[spring.pk])).context["form"]
    assert form.initial["purpose"] == "Autumn after all"


def test_the_settings_of_a_project_lead_to_its_budget_and_do_not_change_it(client: Client, spring: Project) -> None:
    Project.objects.filter(pk=spring.pk).update(monthly_budget=40, may_overrun=True)
    client.post(reverse("projects:edit", args=[spring.pk]), TYPED | {"monthly_budget": "100000"})
    spring.refresh_from_db()
    assert (spring.purpose, spring.monthly_budget, spring.may_overrun) == ("Pictures for spring", 40, True)
    page = squeezed(client.get(reverse("projects:edit", args=[spring.pk])))
    assert "The monthly budget is 40 credits, and work goes on past it." in strip_tags(page)
    assert f'href="{reverse("credits:budget", args=[spring.pk])}"' in page


def test_what_others_change_while_a_project_is_saved_stays(
    client: Client, spring: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment in which the view has found the project, and has not saved it yet."""
    Project.objects.filter(pk=spring.pk).update(monthly_budget=10, may_overrun=True, keep_results_days=7)
    others = {"may_overrun": False, "keep_results_days": 365, "archived_at": timezone.now()}

    def enter_late(*args: Any) -> Any:
        Project.objects.filter(pk=spring.pk).update(**others, default_model="theirs")
        return enter(*args)

    monkeypatch.setattr("console.projects.views.enter", enter_late)
    assert client.post(reverse("projects:edit", args=[spring.pk]), TYPED).status_code == 302
    spring.refresh_from_db()
    assert {name: getattr(spring, name) for name in others} == others
    assert AuditEvent.objects.get().before["default_model"] == "theirs"


def test_an_archived_project_is_put_away_and_brought_back(client: Client, spring: Project) -> None:
    path = reverse("projects:archive", args=[spring.pk])
    for _ in range(2):  # a double click, and two tabs
        client.post(path, {"archived": "1"})
        page = client.get(reverse("projects:index"))
        assert ([*page.context["open"]], [*page.context["archived"]]) == ([], [spring])
    assert client.get(reverse("projects:show", args=[spring.pk])).status_code == 200
    assert 'name="archived" value="0"' in squeezed(client.get(reverse("projects:edit", args=[spring.pk])))
    for _ in range(2):
        client.post(path, {"archived": "0"})
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


def squeezed(answer: Any) -> str:
    return " ".join(answer.content.decode().split())

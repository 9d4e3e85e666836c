"""What a budget was: a month that is over keeps its own, whoever changed the budget."""

from datetime import date
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps

from console.audit.recording import record
from console.credits import asking, ledger
from console.credits.alerting import alert_budgets
from console.credits.statements import statement
from console.notices.models import Notice
from console.projects.models import Project, StandingBudget
from console.teams.models import Role, User
from tests.factories import make_key, make_project

pytestmark = pytest.mark.django_db
Browse = Any
MONTHS = [date(2026, number, 1) for number in (3, 4, 5, 6, 7)]


@pytest.fixture
def spring(team: Any) -> Project:
    with time_machine.travel("2026-03-10T12:00:00Z"):
        return make_project(team, make_key(team), name="Spring", monthly_budget=10)


def reserve(project: Project, person: User, credits: int) -> None:
    assert project.key
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    ledger.reserve(subject, project=project, key=project.key, person=person, credits=credits)


def spend_every_month(project: Project, person: User) -> None:
    for month in MONTHS:
        with time_machine.travel(f"{month:%Y-%m}-02T12:00:00Z"):
            reserve(project, person, 1)


def set_on_budget_page(browser: Any, project: Project, budget: str) -> None:
    assert browser.post(f"/projects/{project.pk}/budget/", {"monthly_budget": budget}).status_code == 302


def set_on_project_page(browser: Any, project: Project, budget: str) -> None:
    """As the settings of a project wrote it, before the budget had a page of its own alone."""
    before, after = {"monthly_budget": project.monthly_budget}, {"monthly_budget": int(budget)}
    Project.objects.filter(pk=project.pk).update(**after)
    record("project.changed", project, team_id=project.team_id, actor=None, before=before, after=after)


def limits(project: Project) -> list[int | None]:
    """As the statements of March to July say them."""
    owner, today = project.team.memberships.filter(role=Role.OWNER).get(), date(2026, 7, 20)
    return [statement(owner, month, today).sections[0].limit for month in MONTHS]


def test_a_statement_says_the_budget_of_its_month(browser_of: Browse, alice: User, spring: Project) -> None:
    spend_every_month(spring, alice)
    for day, budget in (("05-03", "15"), ("05-20", "20"), ("07-01", "")):
        with time_machine.travel(f"2026-{day}T12:00:00Z"):
            set_on_budget_page(browser_of(alice), spring, budget)
    assert limits(spring) == [10, 10, 20, 20, None]


def test_the_budget_that_a_project_was_made_with_is_known(browser_of: Browse, alice: User, spring: Project) -> None:
    typed = {"name": "Autumn", "purpose": "Leaves", "key": str(spring.key_id), "monthly_budget": "10"}
    with time_machine.travel("2026-03-10T12:00:00Z"):
        assert browser_of(alice).post("/projects/new/", typed).status_code == 302
    autumn = Project.objects.get(name="Autumn")
    Project.objects.exclude(pk=autumn.pk).delete()
    spend_every_month(autumn, alice)
    with time_machine.travel("2026-05-03T12:00:00Z"):
        set_on_budget_page(browser_of(alice), autumn, "15")
    assert limits(autumn) == [10, 10, 15, 15, 15]


def test_what_was_approved_on_top_stays_with_its_month(browser_of: Browse, alice: User, spring: Project) -> None:
    spend_every_month(spring, alice)
    with time_machine.travel("2026-04-20T12:00:00Z"):
        asking.decide(asking.ask(spring, 5, "More", by=alice), approve=True, answer="", by=alice)
    with time_machine.travel("2026-06-03T12:00:00Z"):
        set_on_budget_page(browser_of(alice), spring, "100")
    assert limits(spring) == [10, 15, 10, 100, 100]


def test_a_change_counts_for_the_month_it_is_where_the_team_is(
    browser_of: Browse, alice: User, spring: Project
) -> None:
    spend_every_month(spring, alice)
    spring.team.time_zone = "Asia/Tokyo"
    spring.team.save(update_fields=["time_zone"])
    with time_machine.travel("2026-05-31T20:00:00Z"):
        set_on_budget_page(browser_of(alice), spring, "30")
    assert limits(spring) == [10, 10, 10, 30, 30]


def test_the_page_of_a_budget_tells_what_it_was(browser_of: Browse, alice: User, spring: Project) -> None:
    spend_every_month(spring, alice)
    with time_machine.travel("2026-07-03T12:00:00Z"):
        set_on_budget_page(browser_of(alice), spring, "300")
        earlier = browser_of(alice).get(f"/projects/{spring.pk}/budget/").context["earlier"]
    assert [(each.month.month, each.budget) for each in earlier] == [(6, 10), (5, 10), (4, 10), (3, 10)]


def test_shares_of_a_new_limit_are_told_anew(browser_of: Browse, alice: User, spring: Project) -> None:
    reserve(spring, alice, 9)
    alert_budgets()
    set_on_budget_page(browser_of(alice), spring, "18")
    assert [alert_budgets(), alert_budgets()] == [True, False]
    titles = Notice.objects.filter(kind="budget").order_by("created_at").values_list("title", flat=True)
    assert list(titles) == ["Spring has used 90 % of its budget", "Spring has used 50 % of its budget"]


@pytest.mark.parametrize("change", [set_on_budget_page, set_on_project_page])
def test_changes_of_before_are_read_from_the_audit_log(
    browser_of: Browse, alice: User, spring: Project, change: Any
) -> None:
    spend_every_month(spring, alice)
    with time_machine.travel("2026-05-03T12:00:00Z"):
        change(browser_of(alice), spring, "15")
    StandingBudget.objects.all().delete()
    import_module("console.projects.migrations.0004_standing_budgets").read_audit(apps, None)
    assert limits(spring) == [10, 10, 15, 15, 15]

"""Budgets: who sets them, who asks for more, who decides, and who is told; every change is recorded."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from console.audit.models import AuditEvent
from console.credits import asking, ledger
from console.credits.alerting import alert_budgets
from console.credits.models import Budget, BudgetAsk
from console.keys.models import Key
from console.notices.models import Notice
from console.projects.models import Project
from console.teams.access import enter
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_key, make_model, make_project, make_user

pytestmark = pytest.mark.django_db
Browse = Any


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team)


@pytest.fixture
def spring(team: Team, key: Key) -> Project:
    return make_project(team, key, name="Spring", monthly_budget=10)


@pytest.fixture
def admin(team: Team) -> User:
    return make_user("adam", team, Role.ADMIN)


def reserve(project: Project, person: User, credits: int) -> None:
    assert project.key
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    ledger.reserve(subject, project=project, key=project.key, person=person, credits=credits)


def address(project: Project, *more: str) -> str:
    return "/".join(("/projects", str(project.pk), "budget", *more, ""))


def test_an_admin_sets_the_budget_and_it_is_recorded(browser_of: Browse, admin: User, spring: Project) -> None:
    answer = browser_of(admin).post(address(spring), {"monthly_budget": "25"})
    spring.refresh_from_db()
    assert (answer.status_code, spring.monthly_budget, spring.may_overrun) == (302, 25, False)
    line = AuditEvent.objects.get(act="budget.changed")
    assert (line.before, line.after) == ({"monthly_budget": 10}, {"monthly_budget": 25})


@pytest.mark.parametrize("wrong", ["-1", "much", "9" * 30, "1.5"])
def test_what_is_no_budget_changes_nothing(browser_of: Browse, admin: User, spring: Project, wrong: str) -> None:
    answer = browser_of(admin).post(address(spring), {"monthly_budget": wrong})
    spring.refresh_from_db()
    assert (answer.status_code, spring.monthly_budget) == (422, 10)


def test_only_an_owner_lets_a_project_pass_its_budget(
    browser_of: Browse, alice: User, admin: User, bob: User, spring: Project
) -> None:
    wanted = {"monthly_budget": "10", "may_overrun": "on"}
    assert browser_of(bob).post(address(spring), wanted).status_code == 403
    browser_of(admin).post(address(spring), wanted)
    assert not Project.objects.get(pk=spring.pk).may_overrun
    browser_of(alice).post(address(spring), wanted)
    assert Project.objects.get(pk=spring.pk).may_overrun
    reserve(spring, bob, 30)
    page = browser_of(bob).get(address(spring)).content.decode()
    assert "The budget is passed" in page
    assert "An owner lets work go on past it" in page


def test_an_admins_save_does_not_restore_what_an_owner_has_just_taken_away(
    browser_of: Browse, admin: User, spring: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment in which the view has found the project, and has not saved it yet."""
    Project.objects.filter(pk=spring.pk).update(may_overrun=True)

    def enter_late(*args: Any) -> Any:
        Project.objects.filter(pk=spring.pk).update(may_overrun=False)
        return enter(*args)

    monkeypatch.setattr("console.credits.budget_views.enter", enter_late)
    browser_of(admin).post(address(spring), {"monthly_budget": "20"})
    spring.refresh_from_db()
    assert (spring.monthly_budget, spring.may_overrun) == (20, False)
    assert AuditEvent.objects.get(act="budget.changed").after == {"monthly_budget": 20}


def test_a_member_asks_and_one_of_two_admins_decides(
    browser_of: Browse, alice: User, admin: User, bob: User, spring: Project
) -> None:
    reserve(spring, bob, 10)
    browser_of(bob).post(address(spring, "asks"), {"credits": "5", "reason": "The launch is on Friday"})
    asked = BudgetAsk.objects.get()
    assert set(Notice.objects.filter(kind="budget-ask").values_list("person", flat=True)) == {alice.pk, admin.pk}
    place = f"/budgets/asks/{asked.pk}/decision/"
    assert browser_of(bob).post(place, {"decision": "approved"}).status_code == 403
    for decider in (admin, alice):
        browser_of(decider).post(place, {"decision": "approved", "answer": "Go"})
    assert (Budget.objects.get().raised, ledger.left_this_month(spring)) == (5, 5)
    asked.refresh_from_db()
    assert (asked.decided_by, asked.answer) == (admin, "Go")
    assert Notice.objects.get(person=bob).title == "Adam approved 5 credits more for Spring"
    assert AuditEvent.objects.filter(act__in=["budget.asked", "budget.raised"]).count() == 2


def test_a_declined_ask_raises_nothing(alice: User, bob: User, spring: Project) -> None:
    asked = asking.ask(spring, 5, "More", by=bob)
    asking.decide(asked, approve=False, answer="Not now", by=alice)
    assert not Budget.objects.filter(raised__gt=0).exists()
    assert Notice.objects.get(person=bob).text == "Not now"


def test_the_link_of_a_stopped_job_fills_in_how_much_more(browser_of: Browse, bob: User, spring: Project) -> None:
    assert browser_of(bob).get(f"{address(spring)}?more=2").context["ask_form"].initial["credits"] == 2
    assert browser_of(bob).get(f"{address(spring)}?more=x").context["ask_form"].initial["credits"] is None


def test_a_second_ask_waits_for_the_first(browser_of: Browse, bob: User, spring: Project) -> None:
    client: Client = browser_of(bob)
    answers = [client.post(address(spring, "asks"), {"credits": "5", "reason": "More"}).status_code for _ in range(2)]
    assert answers == [302, 422]
    assert BudgetAsk.objects.count() == 1


def test_a_raise_lapses_with_the_month(alice: User, bob: User, spring: Project) -> None:
    with time_machine.travel("2026-04-30T12:00:00Z", tick=False):
        asking.decide(asking.ask(spring, 5, "More", by=bob), approve=True, answer="", by=alice)
        late = asking.ask(spring, 5, "And more", by=bob)
        assert ledger.month_now(spring).limit == 15
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        assert ledger.month_now(spring).limit == 10
        with pytest.raises(asking.Lapsed):
            asking.decide(late, approve=True, answer="", by=alice)


def test_each_share_of_the_budget_is_told_once(alice: User, bob: User, spring: Project) -> None:
    told = []
    for credits in (4, 1, 2, 1, 1, 1):
        reserve(spring, bob, credits)
        told.append([alert_budgets(), alert_budgets()])
    assert told == [[False, False], [True, False], [False, False], [True, False], [False, False], [True, False]]
    titles = Notice.objects.filter(person=alice).order_by("created_at").values_list("title", flat=True)
    assert list(titles) == [f"Spring has used {share} % of its budget" for share in (50, 80, 100)]
    assert not Notice.objects.filter(person=bob).exists()


def test_a_leap_over_two_shares_is_told_as_the_higher(alice: User, spring: Project) -> None:
    reserve(spring, alice, 9)
    alert_budgets()
    assert list(Notice.objects.values_list("title", flat=True)) == ["Spring has used 90 % of its budget"]


def test_a_raised_limit_that_is_reached_anew_is_told_anew(alice: User, bob: User, spring: Project) -> None:
    reserve(spring, bob, 10)
    alert_budgets()
    asking.decide(asking.ask(spring, 10, "More", by=bob), approve=True, answer="", by=alice)
    alert_budgets()
    reserve(spring, bob, 10)
    alert_budgets()
    titles = Notice.objects.filter(person=alice, kind="budget").order_by("created_at").values_list("title", flat=True)
    assert [title.split()[3] for title in titles] == ["100", "50", "100"]


def test_the_list_of_budgets_holds_every_project_and_every_ask(
    browser_of: Browse, alice: User, bob: User, spring: Project, key: Key, team: Team
) -> None:
    make_project(team, key, name="Free")
    reserve(spring, bob, 4)
    asking.ask(spring, 5, "For the launch", by=bob)
    page = browser_of(alice).get("/budgets/")
    assert [(row.project.name, row.held, row.month.left) for row in page.context["rows"]] == [
        ("Spring", 4, 6),
        ("Free", 0, None),
    ]
    assert "For the launch" in page.content.decode()


def test_a_charge_is_corrected_once_with_a_reason(browser_of: Browse, alice: User, bob: User, spring: Project) -> None:
    job = make_job(spring, bob, model=make_model(base_credits=8))
    ledger.settle(job.pk, 8)
    place = f"/usage/charges/{job.pk}/correction/"
    typed = {"charged": "5", "charged_so_far": "8", "reason": "Rivya gave three back"}
    assert browser_of(bob).post(place, typed).status_code == 403
    client: Client = browser_of(alice)
    assert client.get(place).status_code == 200
    assert [client.post(place, typed).status_code for _ in range(2)] == [302, 422]
    assert (ledger.month_now(spring).committed, ledger.left_this_month(spring)) == (5, 5)
    assert AuditEvent.objects.get(act="ledger.corrected").before == {"charged": 8}


def test_open_work_has_no_charge_to_correct(browser_of: Browse, alice: User, spring: Project) -> None:
    job = make_job(spring, alice)
    assert browser_of(alice).get(f"/usage/charges/{job.pk}/correction/").status_code == 404

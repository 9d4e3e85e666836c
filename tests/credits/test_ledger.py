"""Whatever happens in whatever order: sums are true, lines are unique, budgets hold, nothing stays held for ever."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.credits import ledger
from console.credits.models import Budget, Entry
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_key, make_project

SUBJECTS = 4
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "accept", "settle", "release", "correct", "raise", "overrun"]),
        st.integers(0, SUBJECTS - 1),
        st.integers(0, 12),
        st.booleans(),  # whether the process dies before the commit
        st.integers(1, 2),  # how often it is tried
    ),
    max_size=25,
)
# A correction of 0 to 12 credits goes both ways.
EVEN = 6


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team)


@dataclass
class Expected:
    """What the ledger must say, kept in memory."""

    budget: int | None
    raised: int = 0
    may_overrun: bool = False
    held: dict[UUID, int] = field(default_factory=dict)
    accepted: set[UUID] = field(default_factory=set)
    charged: dict[UUID, int] = field(default_factory=dict)

    @property
    def committed(self) -> int:
        return sum(self.held.values()) + sum(self.charged.values())

    @property
    def left(self) -> int | None:
        return None if self.budget is None else max(0, self.budget + self.raised - self.committed)

    def has_room(self, credits: int) -> bool:
        if self.budget is None or self.may_overrun:
            return True
        return self.committed + credits <= self.budget + self.raised

    def allows(self, act: str, subject: UUID, credits: int) -> bool:
        match act:
            case "reserve":
                return subject not in self.held and subject not in self.charged and self.has_room(credits)
            case "accept":
                return subject in self.held and subject not in self.accepted
            case "settle" | "release":
                return subject in self.held
            case "correct":
                return credits != EVEN and subject in self.charged and self.charged[subject] + credits - EVEN >= 0
        return True

    def follow(self, act: str, subject: UUID, credits: int) -> None:
        match act:
            case "reserve":
                self.held[subject] = credits
            case "accept":
                self.held[subject] = credits
                self.accepted.add(subject)
            case "settle" | "release":
                del self.held[subject]
                self.charged[subject] = credits if act == "settle" else 0
            case "correct":
                self.charged[subject] += credits - EVEN
            case "raise":
                self.raised += credits
            case "overrun":
                self.may_overrun = not self.may_overrun


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, budget=st.none() | st.integers(0, 30))
def test_the_sums_stay_true_whatever_happens(
    key: Key, alice: User, acts: list[tuple[str, int, int, bool, int]], budget: int | None
) -> None:
    project = make_project(key.team, key, monthly_budget=budget)
    subjects, expected = [uuid4() for _ in range(SUBJECTS)], Expected(budget)
    for act, number, credits, dies, times in acts:
        for _ in range(times):
            subject = subjects[number]
            allowed = expected.allows(act, subject, credits)
            done = attempt(project, alice, act, subject, credits, dies)
            assert done == (allowed and not dies)
            if done:
                expected.follow(act, subject, credits)
            assert_true(project, expected)
    for subject in list(expected.held):
        ledger.release(subject)
    assert Entry.objects.filter(project=project).held() == 0


def attempt(project: Project, person: User, act: str, subject: UUID, credits: int, dies: bool) -> bool:
    """One act in its transaction; whether it was committed."""
    try:
        with transaction.atomic():
            done = perform(project, person, act, subject, credits)
            transaction.set_rollback(dies)
    except (IntegrityError, Entry.DoesNotExist, ledger.BudgetReached, ValueError):
        return False
    return done and not dies


def perform(project: Project, person: User, act: str, subject: UUID, credits: int) -> bool:
    match act:
        case "reserve":
            assert project.key
            reserve(project, project.key, person, credits, subject)
        case "accept":
            return ledger.accept(subject, credits) is not None
        case "settle":
            ledger.settle(subject, credits)
        case "release":
            ledger.release(subject)
        case "correct":
            ledger.correct(subject, credits - EVEN, person=person, reason="Rivya said so.")
        case "raise":
            month, _ = Budget.objects.get_or_create(project=project, month=ledger.month_now(project).month)
            Budget.objects.filter(pk=month.pk).update(raised=F("raised") + credits)
        case "overrun":
            Project.objects.filter(pk=project.pk).update(may_overrun=~F("may_overrun"))
    return True


def assert_true(project: Project, expected: Expected) -> None:
    entries = Entry.objects.filter(project=project)
    assert (entries.charged(), entries.held()) == (sum(expected.charged.values()), sum(expected.held.values()))
    assert sum(Budget.objects.filter(project=project).values_list("committed", flat=True)) == expected.committed
    kinds = list(entries.exclude(kind=Entry.Kind.CORRECT).values_list("subject", "kind"))
    assert len(kinds) == len(set(kinds))
    assert ledger.left_this_month(project) == expected.left


def reserve(project: Project, key: Key, person: User, credits: int, subject: UUID | None = None) -> Entry:
    wanted = ledger.Subject(subject or uuid4(), "job", "z-image", "image")
    return ledger.reserve(wanted, project=project, key=key, person=person, credits=credits)


def test_a_refused_reservation_says_what_is_left_and_writes_nothing(key: Key, alice: User) -> None:
    project = make_project(key.team, key, monthly_budget=10)
    reserve(project, key, alice, 7)
    with pytest.raises(ledger.BudgetReached) as refused:
        reserve(project, key, alice, 4)
    assert (refused.value.asked, refused.value.left) == (4, 3)
    assert Entry.objects.count() == 1
    reserve(project, key, alice, 3)


def test_a_raised_budget_has_room_at_once(key: Key, alice: User) -> None:
    project = make_project(key.team, key, monthly_budget=1)
    stale = Project.objects.get(pk=project.pk)
    Project.objects.filter(pk=project.pk).update(monthly_budget=5)
    assert reserve(stale, key, alice, 5).credits == 5


def test_rivya_may_charge_more_than_was_held_and_the_month_says_so(key: Key, alice: User) -> None:
    project = make_project(key.team, key, monthly_budget=10)
    ledger.settle(reserve(project, key, alice, 8).subject, 14)
    assert (Entry.objects.charged(), ledger.left_this_month(project)) == (14, 0)
    with pytest.raises(ledger.BudgetReached):
        reserve(project, key, alice, 1)


def test_a_month_begins_at_midnight_where_the_team_is(team: Team, key: Key, alice: User) -> None:
    Team.objects.filter(pk=team.pk).update(time_zone="Pacific/Auckland")
    project = make_project(Team.objects.get(pk=team.pk), key, monthly_budget=5)
    with time_machine.travel("2026-04-30T11:59:00Z", tick=False):
        april = reserve(project, key, alice, 5)
    with time_machine.travel("2026-04-30T12:01:00Z", tick=False):
        may = reserve(project, key, alice, 5)
        ledger.settle(april.subject, 2)
        assert ledger.left_this_month(project) == 0
    assert (april.month, may.month) == (date(2026, 4, 1), date(2026, 5, 1))
    committed = dict(Budget.objects.values_list("month", "committed"))
    assert committed == {april.month: 2, may.month: 5}, "a charge belongs to the month of its reservation"


def test_a_line_is_never_written_twice_by_the_database_itself(key: Key, alice: User) -> None:
    project = make_project(key.team, key)
    subject = reserve(project, key, alice, 1).subject
    ledger.settle(subject, 1)
    closing: list[Any] = [lambda: ledger.settle(subject, 1), lambda: ledger.release(subject)]
    for act in closing:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

"""Intervals of old: what the ledger explains is joined by the hour and by the day, and no credit moves elsewhere."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from console.credits.interval_thinning import thin_intervals
from console.credits.models import WalletInterval
from console.keys.models import Account
from console.teams.models import Team, User
from tests.factories import make_account

pytestmark = pytest.mark.django_db
SUMS = {name: Sum(name) for name in ("explained", "under_way", "unexplained", "move_count")}


@pytest.fixture
def account(team: Team) -> Account:
    return make_account(team, balance=0)


def days_ago(days: int, hour: int = 12) -> datetime:
    return (timezone.now() - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def live(account: Account, begins: datetime, *changes: int, drift: int | None = None, note: str = "") -> None:
    """An interval a minute; the one at place `drift` is not explained."""
    last = WalletInterval.objects.filter(account=account).order_by("-to_at").first()
    balance = last.after if last else 1000
    for place, change in enumerate(changes):
        WalletInterval.objects.create(
            account=account,
            from_at=begins + timedelta(minutes=place),
            to_at=begins + timedelta(minutes=place + 1),
            before=balance,
            after=balance + change,
            explained=0 if place == drift else change,
            unexplained=change if place == drift else 0,
            moves=[["00000000-0000-0000-0000-000000000000", "job", "z-image", change, True]] if change else [],
            move_count=1 if change and place != drift else 0,
            is_quiet=not change,
            is_final=True,
            note=note if place == drift else "",
        )
        balance += change


def story() -> list[tuple[int, int, int]]:
    """(change, explained, unexplained), the oldest first."""
    return [(row.change, row.explained, row.unexplained) for row in WalletInterval.objects.order_by("to_at")]


def test_what_is_young_stays_as_it_is(account: Account) -> None:
    live(account, days_ago(44), -1, -2, -3)
    assert not thin_intervals()
    assert story() == [(-1, -1, 0), (-2, -2, 0), (-3, -3, 0)]


@pytest.mark.parametrize("note", ["", "Kim made a film in Studio"])
def test_an_hour_becomes_one_around_what_is_not_explained(account: Account, note: str) -> None:
    live(account, days_ago(60), -1, -2, -50, -3, 0, 3, drift=2, note=note)
    live(account, days_ago(60, hour=13), -4, -4)
    before = WalletInterval.objects.aggregate(**SUMS)
    assert [thin_intervals(), thin_intervals()] == [True, False]
    assert story() == [(-3, -3, 0), (-50, 0, -50), (0, 0, 0), (-8, -8, 0)]
    assert WalletInterval.objects.aggregate(**SUMS) == before
    first, _drift, third, _last = WalletInterval.objects.order_by("to_at")
    assert (first.from_at, first.to_at - first.from_at) == (days_ago(60), timedelta(minutes=2))
    assert [move[3] for move in third.moves] == [-3, 3]
    assert not third.is_quiet


def test_a_day_of_the_team_becomes_one_after_half_a_year(account: Account) -> None:
    Team.objects.update(time_zone="Asia/Tokyo")
    for hour in (12, 14, 16, 18):  # Tokyo's midnight is at 15
        live(account, days_ago(200, hour=hour), -1, -1)
    assert [thin_intervals(), thin_intervals()] == [True, False]
    assert story() == [(-4, -4, 0), (-4, -4, 0)]


def test_a_gap_between_two_balances_is_never_joined_over(account: Account) -> None:
    live(account, days_ago(60), -1, -1, -1)
    WalletInterval.objects.filter(after=998).delete()
    assert not thin_intervals()
    assert len(story()) == 2


def test_a_quiet_time_of_weeks_stays_by_itself(account: Account) -> None:
    live(account, days_ago(60), 0, -1, -2)
    WalletInterval.objects.filter(is_quiet=True).update(from_at=days_ago(80))
    assert thin_intervals()
    assert [row.from_at for row in WalletInterval.objects.order_by("to_at")] == [
        days_ago(80),
        days_ago(60) + timedelta(minutes=1),
    ]


def test_what_is_still_worked_out_is_left_alone(account: Account) -> None:
    live(account, days_ago(60), -1, -2)
    WalletInterval.objects.update(is_final=False)
    assert not thin_intervals()


def test_wallets_are_kept_apart(account: Account, team: Team) -> None:
    other = make_account(team, balance=0)
    live(account, days_ago(60), -1)
    live(other, days_ago(60), -1)
    assert not thin_intervals()


def test_a_joined_interval_opens_down_to_its_jobs(account: Account, alice: User, browser_of: Any) -> None:
    live(account, days_ago(60), *[-1] * 210)
    thin_intervals()
    joined = WalletInterval.objects.order_by("-move_count")[0]
    page = browser_of(alice).get(f"/wallet/intervals/{joined.pk}/")
    assert page.status_code == 200
    assert len(page.context["moves"]) + page.context["more"] == joined.move_count
    assert sum(row.move_count for row in WalletInterval.objects.all()) == 210

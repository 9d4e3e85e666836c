"""The history of a wallet: days of the team's zone, whatever the clock does, and a line that ends where it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from console.credits.models import WalletInterval, WalletSample
from console.credits.wallet_history import history
from console.keys.models import Account
from console.teams.models import Team
from tests.factories import make_account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def account(team: Team) -> Account:
    team.time_zone = "Europe/Berlin"  # on 25 October the day has 25 hours, and ends at 23:00 UTC
    team.save(update_fields=["time_zone"])
    return make_account(team)


def read(account: Account, moment: str, balance: int, unexplained: int = 0) -> None:
    """A reading, and the interval that ends with it."""
    at = datetime.fromisoformat(f"2026-10-{moment}+00:00")
    last = WalletSample.objects.filter(account=account).order_by("-at").first()
    WalletSample.objects.create(account=account, balance=balance, asked_at=at, at=at, still_at=at)
    if last:
        WalletInterval.objects.create(
            account=account,
            from_at=last.still_at,
            to_at=at,
            before=last.balance,
            after=balance,
            explained=balance - last.balance - unexplained,
            unexplained=unexplained,
        )


def live_over_the_change_of_clocks(account: Account) -> None:
    read(account, "24T21:59:59.999999", 100)  # 24th, 23:59 in Berlin
    read(account, "24T22:00:00", 90)
    read(account, "25T12:30:00.5", 40, unexplained=-20)
    read(account, "25T22:59:59", 60, unexplained=20)  # still the 25th
    read(account, "25T23:00:00", 55)
    read(account, "27T10:00:00", 50)


@pytest.mark.parametrize("days", [7, 30, 365])
def test_a_day_is_a_day_where_the_team_is(account: Account, team: Team, days: int) -> None:
    live_over_the_change_of_clocks(account)
    found = history(account, team, days, NOW)
    assert found
    assert [(day.day, day.lowest, day.closing, day.ours, day.unexplained) for day in found.days] == [
        (date(2026, 10, 27), 50, 50, -5, 0),
        (date(2026, 10, 26), 55, 55, -5, 0),
        (date(2026, 10, 25), 40, 60, -40, 0),
        (date(2026, 10, 24), 100, 100, 0, 0),
    ]
    assert (found.lowest, found.highest, found.top) == (40, 100, 100)


def test_another_wallet_is_another_history(account: Account, team: Team) -> None:
    live_over_the_change_of_clocks(account)
    other = make_account(team)
    read(other, "26T12:00:00", 7)
    read(other, "26T13:00:00", 5)
    found = history(other, team, 30, NOW)
    assert found
    assert [(day.lowest, day.closing, day.ours) for day in found.days] == [(5, 5, -2)]


def test_of_a_busy_wallet_the_line_shows_the_last_reading_of_each_step(account: Account, team: Team) -> None:
    begins = NOW - timedelta(days=7)
    moments = [begins + timedelta(minutes=number) for number in range(7 * 1440)]
    WalletSample.objects.bulk_create(
        WalletSample(account=account, balance=20_000 - number, asked_at=at, at=at, still_at=at)
        for number, at in enumerate(moments)
    )
    found = history(account, team, 7, NOW)
    assert found
    assert 490 <= found.line.count("H") <= 502
    assert (found.lowest, found.days[0].closing) == (20_000 - len(moments) + 1,) * 2
    assert sum(1 for _ in found.days) == 8


def test_what_lies_before_the_drawing_stands_at_its_edge(account: Account, team: Team) -> None:
    live_over_the_change_of_clocks(account)
    found = history(account, team, 1, NOW)
    assert found
    assert (found.begins, found.lowest, found.highest) == (NOW - timedelta(days=1), 50, 55)

"""The history of a wallet: one reading a minute, whatever Rivya answers."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from console.credits.models import WalletSample, WalletWatch
from console.credits.sampling import sample_wallets, thin_samples
from console.keys.models import Account, Key, Secret
from console.notices.models import Notice
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.conftest import Sandbox
from tests.factories import make_account, make_job, make_key, make_user

pytestmark = pytest.mark.django_db


def read_again() -> None:
    """As if a minute had passed."""
    WalletWatch.objects.update(due_at=timezone.now())
    sample_wallets()


def balances() -> list[int]:
    return list(WalletSample.objects.order_by("at").values_list("balance", flat=True))


def test_a_wallet_is_read_once_a_minute(key: Key) -> None:
    assert sample_wallets() is True
    assert sample_wallets() is False
    assert balances() == [1000]
    sample = WalletSample.objects.get()
    assert sample.asked_at <= sample.at == sample.still_at
    assert sample.rivya_at is not None
    # The Date header has no fractions, and a server writes it anew about once a second.
    assert abs(sample.rivya_at - sample.at) < timedelta(minutes=1)
    account = Account.objects.get(pk=key.account_id)
    assert (account.balance, account.balance_at) == (1000, sample.at)


def test_a_balance_that_stays_stretches_its_sample(key: Key, sandbox: Sandbox) -> None:
    sample_wallets()
    read_again()
    first = WalletSample.objects.get()
    assert first.still_at > first.at
    sandbox.control("POST", f"accounts/{sandbox.account}/spend", {"credits": 3})
    read_again()
    assert balances() == [1000, 997]


def test_a_balance_that_stays_is_kept_every_quarter_of_an_hour(key: Key) -> None:
    sample_wallets()
    WalletSample.objects.update(at=F("at") - timedelta(minutes=16), asked_at=F("asked_at") - timedelta(minutes=16))
    read_again()
    assert balances() == [1000, 1000]


def test_our_own_line_makes_the_next_reading_count(project: Project, alice: User) -> None:
    sample_wallets()
    make_job(project, alice)
    read_again()
    assert balances() == [1000, 1000]


def test_several_keys_of_an_account_make_one_reading(team: Team, key: Key, sandbox: Sandbox) -> None:
    make_key(team, sandbox.secret, account=key.account)
    before = reads(sandbox)
    sample_wallets()
    assert reads(sandbox) == before + 1
    assert balances() == [1000]


def test_a_key_that_may_not_see_the_balance_is_passed_over(team: Team, key: Key, sandbox: Sandbox) -> None:
    blind = f"{sandbox.secret}-blind"
    sandbox.control("POST", "keys", {"account": sandbox.account, "key": blind, "scopes": ["models:read"]})
    make_key(team, blind, account=key.account)
    sample_wallets()
    assert balances() == []
    assert WalletWatch.objects.get().trouble == WalletWatch.Trouble.SCOPE
    read_again()
    assert balances() == [1000]
    assert WalletWatch.objects.get().trouble == ""


def test_a_dead_key_is_marked_and_asked_no_more(key: Key, sandbox: Sandbox) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    sample_wallets()
    assert Secret.objects.get().state == Secret.State.REFUSED
    before = reads(sandbox)
    WalletWatch.objects.update(due_at=timezone.now())
    assert sample_wallets() is False
    assert reads(sandbox) == before


def test_rivya_is_not_asked_before_it_wants_to_be(key: Key, sandbox: Sandbox) -> None:
    fault = {"match": {"path": "/api/v1/credits", "account": sandbox.account}, "fault": "rate_limited", "seconds": 45}
    sandbox.control("POST", "faults", {**fault, "retry_after": "seconds"})
    sample_wallets()
    watch = WalletWatch.objects.get()
    assert watch.trouble == WalletWatch.Trouble.BUSY
    assert watch.due_at > timezone.now() + timedelta(seconds=40)


@pytest.mark.parametrize("fault", ["error", "hang", "garbage_json", "reset"])
def test_no_answer_keeps_the_last_balance_and_asks_less_often(key: Key, sandbox: Sandbox, fault: str) -> None:
    sample_wallets()
    match = {"path": "/api/v1/credits", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "fault": fault, "times": None, "code": "internal_error"})
    read_again()
    read_again()
    watch = WalletWatch.objects.get()
    assert (watch.trouble, watch.failures) == (WalletWatch.Trouble.SILENT, 2)
    assert watch.due_at > timezone.now() + timedelta(seconds=100)
    assert balances() == [1000]


def test_the_chip_reads_too_and_leaves_its_reading_behind(browser_of: Any, alice: User, key: Key) -> None:
    page = browser_of(alice).get(reverse("credits:wallet_chip")).content.decode()
    assert "1,000 credits" in page
    assert balances() == [1000]
    assert sample_wallets() is False


def test_a_fall_below_the_level_is_told_once_and_again_after_it_rose(
    team: Team, alice: User, bob: User, key: Key, sandbox: Sandbox
) -> None:
    admin = make_user("ann", team, Role.ADMIN)
    Team.objects.update(billing_contact="Dana in Finance", low_balance_at=100)

    def change(act: str, credits: int) -> int:
        sandbox.control("POST", f"accounts/{sandbox.account}/{act}", {"credits": credits})
        with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=True):
            read_again()
        return Notice.objects.filter(kind="wallet-low").count()

    assert change("spend", 899) == 0
    assert change("spend", 2) == 2
    assert change("spend", 1) == 2
    told = Notice.objects.filter(person=admin).get()
    assert told.title == "Rivya account is low: 99 credits left"
    assert "Dana in Finance" in told.text
    assert change("grant", 50) == 2
    assert change("spend", 60) == 4
    assert not Notice.objects.filter(person=bob).exists()


def test_old_samples_are_thinned_and_the_last_of_each_span_stays(team: Team) -> None:
    account, now = make_account(team), timezone.now().replace(minute=30, hour=12)
    for days in (200, 60, 10):
        for minutes in (0, 10, 20):
            at = now - timedelta(days=days) + timedelta(minutes=minutes)
            WalletSample.objects.create(account=account, balance=minutes, asked_at=at, at=at, still_at=at)
    assert thin_samples() is True
    assert balances() == [20, 20, 0, 10, 20]
    assert thin_samples() is False


def reads(sandbox: Sandbox) -> int:
    return sum(each["count"] for each in sandbox.state()["requests"] if each["path"] == "/api/v1/credits")

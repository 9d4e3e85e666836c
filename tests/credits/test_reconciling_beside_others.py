"""While a wallet is worked out nothing is held, and of two who work it out at once one writes."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from console.credits import reconciling
from console.credits.models import WalletInterval, WalletWatch
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.credits.watching import check_the_books, finish, hang, look, sent, story, studio


def _meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """`act` is done once, while intervals are worked out."""
    plain = reconciling._intervals

    def interrupted(*arguments: Any) -> Any:
        monkeypatch.setattr(reconciling, "_intervals", plain)
        act()
        return plain(*arguments)

    monkeypatch.setattr(reconciling, "_intervals", interrupted)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_a_wallet_is_worked_out(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    look()
    held: list[bool] = []
    _meanwhile(monkeypatch, lambda: held.append(connection.in_atomic_block))
    look()
    assert held == [False]


@pytest.mark.django_db
def test_what_was_worked_out_from_older_lines_is_not_written_over_what_is_newer(
    project: Project, alice: User, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    hang(sandbox)
    job = sent(project, alice)

    def finished_and_worked_out_by_another() -> None:
        finish(sandbox, job)
        look()

    _meanwhile(monkeypatch, finished_and_worked_out_by_another)
    look()
    assert not WalletInterval.objects.filter(is_final=False).exists()
    watch = WalletWatch.objects.get()
    assert watch.reconciled_at == watch.account.balance_at
    assert sum(change for change, _, _ in story()) == -1
    check_the_books()


@pytest.mark.django_db
def test_an_interval_that_is_gone_is_not_built_upon(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    studio(sandbox, -1)
    look()
    before = WalletWatch.objects.get().reconciled_at
    assert WalletInterval.objects.filter(is_final=True).exists()
    _meanwhile(monkeypatch, lambda: WalletInterval.objects.all().delete())
    studio(sandbox, -1)
    look()
    assert not WalletInterval.objects.exists()
    assert WalletWatch.objects.get().reconciled_at == before


@pytest.mark.django_db
@pytest.mark.parametrize(("took_seconds", "rests_seconds"), [(0.2, 0), (0.4, 20), (4, 200), (60, 300)])
def test_a_wallet_that_took_long_rests_for_longer(
    project: Project, monkeypatch: pytest.MonkeyPatch, took_seconds: float, rests_seconds: float
) -> None:
    clock = SimpleNamespace(now=1000.0, of_this_thread=0.0)
    own = SimpleNamespace(monotonic=lambda: clock.now, thread_time=lambda: clock.of_this_thread)
    monkeypatch.setattr(reconciling, "time", own)
    plain = reconciling._intervals

    def slow(*arguments: Any) -> Any:
        clock.of_this_thread += took_seconds
        return plain(*arguments)

    monkeypatch.setattr(reconciling, "_intervals", slow)
    look()
    WalletWatch.objects.update(reconciled_at=None)
    if rests_seconds:
        clock.now += rests_seconds - 0.1
        assert not reconciling.reconcile_wallets()
        clock.now += 0.1
    assert reconciling.reconcile_wallets()
    assert WalletWatch.objects.get().reconciled_at is not None

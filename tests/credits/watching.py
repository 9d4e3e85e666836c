"""Readings of the wallet and what came of them, for tests: the worker's own duties, without waiting for the clock."""

from datetime import timedelta
from itertools import pairwise
from time import sleep
from typing import Any
from uuid import UUID

import time_machine
from django.utils import timezone

from console.credits import reconciling
from console.credits.models import WalletInterval, WalletWatch
from console.credits.sampling import sample_wallets
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn, turn_until_done


def look() -> None:
    """As the worker does a minute later."""
    sleep(0.002)  # two readings of one moment are one
    WalletWatch.objects.update(due_at=timezone.now())
    sample_wallets()
    reconciling._rests_until.clear()  # on a slow machine as on a fast one
    reconciling.reconcile_wallets()


class Minutes:
    """A clock of ours and one of Rivya's that go on together, apart by `skew_seconds`."""

    def __init__(self, sandbox: Sandbox, skew_seconds: int = 0) -> None:
        self._sandbox, self._skew_seconds, self._passed = sandbox, skew_seconds, 0
        self._travel = time_machine.travel(timezone.now(), tick=True)

    def __enter__(self) -> "Minutes":
        self._ours = self._travel.start()
        self._sandbox.control("PUT", "clock", {"advance_seconds": self._skew_seconds})
        return self

    def __exit__(self, *_: object) -> None:
        self._travel.stop()
        self._sandbox.control("PUT", "clock", {"advance_seconds": -self._skew_seconds - self._passed})

    def go_by(self, seconds: int) -> None:
        self._passed += seconds
        self._ours.shift(timedelta(seconds=seconds))
        self._sandbox.control("PUT", "clock", {"advance_seconds": seconds})


def story() -> list[tuple[int, int, int]]:
    """(change, explained, unexplained) of every interval in which anything happened, the oldest first."""
    rows = WalletInterval.objects.moving().order_by("to_at")
    return [(row.change, row.ours, row.unexplained) for row in rows]


def drifts() -> list[int]:
    rows = WalletInterval.objects.exclude(unexplained=0).order_by("to_at")
    return list(rows.values_list("unexplained", flat=True))


def studio(sandbox: Sandbox, credits: int) -> None:
    """Below zero: Studio or another system spends; above: a top-up or a silent refund."""
    act = "spend" if credits < 0 else "grant"
    sandbox.control("POST", f"accounts/{sandbox.account}/{act}", {"credits": abs(credits)})


def check_the_books() -> None:
    """Every interval adds up, they lie end to end, and each says what its moves say."""
    rows = list(WalletInterval.objects.order_by("account", "to_at"))
    for row in rows:
        assert row.change == row.explained + row.under_way + row.unexplained
        assert sum(move[3] for move in row.moves) == row.ours
    for before, after in pairwise(rows):
        if before.account_id == after.account_id:
            assert before.after == after.before
            assert before.to_at <= after.from_at


def fate(sandbox: Sandbox, **plan: object) -> None:
    sandbox.control("POST", "outcomes", {"match": {"account": sandbox.account}, **plan})


def hang(sandbox: Sandbox) -> None:
    fate(sandbox, outcome="hang", queued_seconds=0.1)


def finish(sandbox: Sandbox, job: Job, **plan: object) -> Job:
    sandbox.control("PATCH", f"generations/{job.rivya_id}", {"finish_in_seconds": 0, "outcome": "succeed", **plan})
    return turn_until_done(job)


def sent(project: Project, alice: User, **fields: Any) -> Job:
    job = make_job(project, alice, **fields)
    turn()
    job.refresh_from_db()
    assert job.rivya_id
    return job


def the_interval_of(subject: UUID) -> list[WalletInterval]:
    return [row for row in WalletInterval.objects.all() if any(move[0] == str(subject) for move in row.moves)]

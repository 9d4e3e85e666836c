"""Wallet and ledger side by side, with the real sandbox and the worker's own functions: no drift hides behind work."""

from uuid import UUID

import pytest

from console.chat.models import Turn
from console.credits import ledger
from console.credits.models import WalletInterval
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.chat.answering import ended
from tests.conftest import Sandbox
from tests.credits.watching import (
    Minutes,
    check_the_books,
    drifts,
    finish,
    hang,
    look,
    sent,
    story,
    studio,
    the_interval_of,
)
from tests.factories import (
    make_chat_model,
    make_job,
    make_model,
    make_turn,
)
from tests.jobs.following import turn, turn_until_done

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("drift", [-1, 1])
def test_a_drift_of_one_credit_is_in_its_interval_while_a_job_runs(
    project: Project, alice: User, sandbox: Sandbox, drift: int
) -> None:
    look()
    hang(sandbox)
    job = sent(project, alice)
    look()
    studio(sandbox, drift)
    look()
    assert drifts() == [drift]
    finish(sandbox, job)
    look()
    assert story() == [(-1, -1, 0), (drift, 0, drift)]
    assert not WalletInterval.objects.filter(is_final=False).exists()
    check_the_books()


@pytest.mark.parametrize("drift", [-1, 1])
def test_a_drift_in_the_very_interval_in_which_a_job_of_the_same_price_is_taken(
    project: Project, alice: User, sandbox: Sandbox, drift: int
) -> None:
    look()
    studio(sandbox, drift)
    job = turn_until_done(make_job(project, alice))
    look()
    assert story() == [(drift - 1, -1, drift)]
    (row,) = the_interval_of(job.pk)
    assert row.moves == [[str(job.pk), "job", "z-image", -1, True]]
    assert row.state == "unexplained"


def test_a_failed_job_that_is_given_back_explains_where_it_was_taken_and_where_it_came_back(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    look()
    hang(sandbox)
    job = sent(project, alice, model=make_model("nano-banana-2", base_credits=5))
    look()
    finish(sandbox, job, outcome="fail")
    look()
    assert story() == [(-5, -5, 0), (5, 5, 0)]
    check_the_books()


def test_a_silent_refund_is_not_blamed_on_a_job_that_is_running(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    """The refund is as large as what the running job would give back; the job then succeeds."""
    look()
    hang(sandbox)
    job = sent(project, alice)
    look()
    studio(sandbox, 1)
    look()
    assert drifts() == [1]
    finish(sandbox, job)
    look()
    assert drifts() == [1]
    assert [row.change for row in the_interval_of(job.pk)] == [-1]


def test_a_give_back_that_we_hear_of_late_is_told_where_the_wallet_rose(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    look()
    hang(sandbox)
    job = sent(project, alice)
    look()
    sandbox.control(
        "PATCH", f"generations/{job.rivya_id}", {"finish_in_seconds": 0, "outcome": "fail", "charged": False}
    )
    look()
    assert drifts() == [1]  # Rivya has not told us yet
    assert not WalletInterval.objects.filter(is_final=True).exclude(unexplained=0).exists()
    turn_until_done(job)
    look()
    assert story() == [(-1, -1, 0), (1, 1, 0)]


@pytest.mark.django_db(transaction=True)
def test_a_spend_while_a_chat_turn_is_answered_is_not_blamed_on_the_turn(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    make_chat_model()
    look()
    first = make_turn(project, alice)
    look()  # asked, not yet sent
    studio(sandbox, -1)
    turn_ = ended(first)
    look()
    assert turn_.status == Turn.Status.DONE
    assert sum(drifts()) == -1
    assert sum(move[3] for row in the_interval_of(turn_.pk) for move in row.moves) == -(turn_.final_credits or 0)
    look()
    studio(sandbox, 1)
    look()
    assert drifts() == [-1, 1]
    check_the_books()


def test_readings_amid_a_chat_turn_are_explained_by_it(project: Project, alice: User, sandbox: Sandbox) -> None:
    """Rivya takes the reserve, and at the end gives back what was too much: both are the turn's, each told once."""
    look()
    subject = ledger.Subject(UUID(int=7), "turn", "gpt-5-2-chat", "chat")
    assert project.key
    ledger.reserve(subject, project=project, key=project.key, person=alice, credits=3)
    studio(sandbox, -3)
    look()
    row = WalletInterval.objects.moving().get()
    assert (row.change, row.under_way, row.unexplained, row.state) == (-3, -3, 0, "under_way")
    studio(sandbox, 1)
    ledger.settle(subject.id, 2)
    look()
    assert story() == [(-3, -3, 0), (1, 1, 0)]
    assert not WalletInterval.objects.filter(is_final=False).exists()


def test_a_reserve_that_we_did_not_foresee_is_no_drift_when_all_is_told(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    look()
    subject = ledger.Subject(UUID(int=8), "turn", "gpt-5-2-chat", "chat")
    assert project.key
    ledger.reserve(subject, project=project, key=project.key, person=alice, credits=3)
    studio(sandbox, -5)
    look()
    studio(sandbox, 3)
    ledger.settle(subject.id, 2)
    look()
    assert drifts() == []
    assert story() == [(-2, -2, 0)]


def test_where_two_intervals_may_hold_the_drift_they_are_told_as_one(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    """A turn of one credit and a spend of one, and a reading between that does not tell which came first."""
    look()
    subject = ledger.Subject(UUID(int=9), "turn", "gpt-5-2-chat", "chat")
    assert project.key
    ledger.reserve(subject, project=project, key=project.key, person=alice, credits=1)
    studio(sandbox, -1)
    look()
    studio(sandbox, -1)
    ledger.settle(subject.id, 1)
    look()
    assert story() == [(-2, -1, -1)]


def test_an_expiry_and_a_top_up_are_told_apart_from_work(project: Project, alice: User, sandbox: Sandbox) -> None:
    grant = {"credits": 1, "expires_in_seconds": 90}
    sandbox.control("POST", f"accounts/{sandbox.account}/spend", {"credits": 1000})
    sandbox.control("POST", f"accounts/{sandbox.account}/grant", {"credits": 20})
    sandbox.control("POST", f"accounts/{sandbox.account}/grant", grant)
    with Minutes(sandbox) as minutes:
        look()
        hang(sandbox)
        job = sent(project, alice)
        look()
        for _ in range(3):
            minutes.go_by(60)
            look()
        assert drifts() == [-1]
        finish(sandbox, job)
        studio(sandbox, 500)
        look()
    assert drifts() == [-1, 500]
    check_the_books()


@pytest.mark.django_db(transaction=True)
def test_planted_drift_among_many_jobs_and_turns_is_all_told(project: Project, alice: User, sandbox: Sandbox) -> None:
    make_chat_model()
    big = make_model("nano-banana-2", base_credits=5)
    look()
    planted = 0
    for number in range(6):
        make_job(project, alice, model=big, prompt=["A boat", "A boat [fail]", "A boat [fail half]"][number % 3])
        make_job(project, alice)
        asked = make_turn(project, alice)
        turn()
        look()
        if number % 2:
            studio(sandbox, drift := [-1, 1, -2][number // 2])
            planted += drift
        ended(asked)
        look()
    while Job.objects.open().exists():
        turn()
    look()
    look()
    assert sum(drifts()) == planted == -2
    assert sorted(drifts()) == [-2, -1, 1]
    check_the_books()

"""Drift across teams, clocks and silences, and who is told of it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from console.credits import ledger
from console.credits.models import Entry, WalletInterval, WalletSample
from console.jobs.models import Job
from console.keys.models import Key
from console.notices.models import Notice
from console.projects.models import Project
from console.teams.models import Team, User
from tests.conftest import Sandbox
from tests.credits.watching import (
    Minutes,
    check_the_books,
    finish,
    hang,
    look,
    sent,
    story,
    studio,
)
from tests.factories import (
    make_job,
    make_key,
    make_model,
    make_project,
    make_team,
    make_user,
)
from tests.jobs.following import turn, turn_until_done

pytestmark = pytest.mark.django_db


def test_another_team_on_the_same_rivya_account_is_drift_to_us_and_ours_to_them(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    theirs = make_user("dora")
    team = make_team(theirs)
    their_project = make_project(team, make_key(team, sandbox.secret))
    look()
    turn_until_done(make_job(their_project, theirs))
    turn_until_done(make_job(project, alice, model=make_model("nano-banana-2", base_credits=5)))
    look()
    told = {row.account.team_id: (row.explained, row.unexplained) for row in WalletInterval.objects.moving()}
    assert told == {project.team_id: (-5, -1), team.pk: (-1, -5)}


def test_a_job_of_unknown_outcome_is_named_as_a_possibility_and_not_as_a_fact(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    look()
    match = {"path": "/api/v1/generations", "method": "POST", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "fault": "reset", "when": "after", "times": None})
    job = make_job(project, alice)
    turn()
    look()
    row = WalletInterval.objects.moving().get()
    assert (row.state, row.is_final) == ("under_way", False)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        look()
        row = WalletInterval.objects.moving().get()
        assert (row.change, row.explained, row.unexplained, row.state) == (-1, 0, -1, "maybe")
        assert row.maybe == [[str(job.pk), "job", "z-image", -1]]
        assert row.is_final
        # Later it turns out that Rivya had taken it: the old interval is told anew.
        sandbox.control("DELETE", "faults")
        turn_until_done(job)
        look()
    assert story() == [(-1, -1, 0)]
    check_the_books()


def test_a_refused_job_moves_nothing(project: Project, alice: User, sandbox: Sandbox) -> None:
    look()
    job = turn_until_done(make_job(project, alice, prompt="[refuse]"))
    assert job.status == Job.Status.REFUSED
    studio(sandbox, -1)
    look()
    assert story() == [(-1, 0, -1)]


def test_an_hour_without_readings_is_one_interval(project: Project, alice: User, sandbox: Sandbox) -> None:
    look()
    jobs = [turn_until_done(make_job(project, alice)) for _ in range(3)]
    studio(sandbox, -2)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        look()
    (row,) = WalletInterval.objects.moving()
    assert (row.change, row.explained, row.unexplained, row.move_count) == (-5, -3, -2, len(jobs))
    assert row.to_at - row.from_at > timedelta(minutes=59)


@pytest.mark.parametrize("skew_seconds", [-1000, -240, 0, 240, 1000])
def test_clocks_that_differ_blame_nobody(project: Project, alice: User, sandbox: Sandbox, skew_seconds: int) -> None:
    """A spend between a job's start and its refund. Without a believable time of Rivya's the refund may have come
    before the spend or after it: then both minutes are told as one."""
    with Minutes(sandbox, skew_seconds) as minutes:
        look()
        hang(sandbox)
        job = sent(project, alice)
        minutes.go_by(60)
        look()
        studio(sandbox, -1)
        minutes.go_by(60)
        look()
        minutes.go_by(30)
        finish(sandbox, job, outcome="fail")
        minutes.go_by(30)
        look()
    if abs(skew_seconds) < 600:
        assert story() == [(-1, -1, 0), (-1, 0, -1), (1, 1, 0)]
    else:
        assert story() == [(-2, -1, -1), (1, 1, 0)]
    check_the_books()


def test_rivyas_own_time_tells_which_interval_a_refund_heard_of_late_belongs_to(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    """Refunded in one minute, heard of in the next, in which Studio spends as much."""
    with Minutes(sandbox, 120) as minutes:
        look()
        hang(sandbox)
        job = sent(project, alice)
        minutes.go_by(60)
        look()
        minutes.go_by(30)
        ended = {"finish_in_seconds": 0, "outcome": "fail", "charged": False}
        sandbox.control("PATCH", f"generations/{job.rivya_id}", ended)
        minutes.go_by(30)
        look()
        studio(sandbox, -1)
        minutes.go_by(60)
        turn_until_done(job)
        look()
    assert story() == [(-1, -1, 0), (1, 1, 0), (-1, 0, -1)]


def test_an_explained_drift_counts_as_explained_and_stays_so(project: Project, alice: User, sandbox: Sandbox) -> None:
    look()
    studio(sandbox, -40)
    look()
    row = WalletInterval.objects.get(unexplained=-40)
    WalletInterval.objects.filter(pk=row.pk).update(note="A film in Studio")
    turn_until_done(make_job(project, alice))
    look()
    row.refresh_from_db()
    assert (row.state, WalletInterval.objects.drifting().count()) == ("noted", 0)


def test_drift_is_told_once_a_day_to_those_who_can_act(
    team: Team, key: Key, alice: User, bob: User, sandbox: Sandbox
) -> None:
    look()
    studio(sandbox, -9)
    look()
    assert Notice.objects.count() == 0
    studio(sandbox, -1)
    look()
    studio(sandbox, -30)
    look()
    notice = Notice.objects.get(kind="wallet-drift")
    assert notice.person == alice
    assert "10 credits left it" in notice.text
    assert "show=unexplained" in notice.url


def test_quiet_hours_are_one_row(key: Key) -> None:
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(5):
            look()
            clock.shift(timedelta(minutes=16))
        look()
    assert WalletSample.objects.count() == 6
    assert WalletInterval.objects.count() == 1
    assert WalletInterval.objects.get().is_quiet


def test_a_correction_moves_nothing_at_rivya(project: Project, alice: User, sandbox: Sandbox) -> None:
    look()
    job = turn_until_done(make_job(project, alice))
    look()
    ledger.correct(job.pk, 5, person=alice, reason="Rivya's invoice says six")
    look()
    assert story() == [(-1, -1, 0)]
    assert Entry.objects.charged() == 6

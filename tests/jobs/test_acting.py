"""What a person may do to a job: take it back, ask about it, decide about it. Each once, never against the worker."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import AuditEvent
from console.credits.models import Budget, Entry
from console.jobs.loop import claim_due
from console.jobs.models import Job, Step
from console.jobs.models.job import RESEND_WITHIN
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_model, make_user

Browse = Any
RAN = {"outcome": "ran", "credits": "5", "reason": "Rivya's list shows it"}
NEVER = {"outcome": "never_ran", "reason": "Rivya's support says so"}


@pytest.fixture
def in_review(studio: Project, alice: User) -> Job:
    return make_job(studio, alice, model=make_model(base_credits=8), status=Job.Status.NEEDS_REVIEW, next_check_at=None)


def committed(project: Project) -> int:
    return Budget.objects.get(project=project).committed


def closing(job: Job) -> list[tuple[str, int]]:
    return list(Entry.objects.filter(subject=job.pk, kind__in=Entry.CLOSING).values_list("kind", "credits"))


def test_an_unsent_job_is_withdrawn_and_its_credits_are_free(studio: Project, bob: User, browser_of: Browse) -> None:
    job = make_job(studio, bob)
    answer = browser_of(bob).post(f"/jobs/{job.pk}/withdrawal/")
    job.refresh_from_db()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert (job.status, job.final_credits) == (Job.Status.WITHDRAWN, 0)
    assert closing(job) == [(Entry.Kind.RELEASE, 0)]
    assert committed(studio) == 0
    assert AuditEvent.objects.get(act="job.withdrawn").actor_id == bob.pk


def test_a_job_that_the_worker_holds_cannot_be_withdrawn(studio: Project, bob: User, browser_of: Browse) -> None:
    job = make_job(studio, bob)
    claim_due(10)
    job.refresh_from_db()
    assert job.sends == 1
    browser_of(bob).post(f"/jobs/{job.pk}/withdrawal/")
    job.refresh_from_db()
    assert job.status == Job.Status.UNSENT
    assert closing(job) == []


def test_withdrawing_twice_frees_once(studio: Project, bob: User, browser_of: Browse) -> None:
    job = make_job(studio, bob)
    for _ in range(2):
        assert browser_of(bob).post(f"/jobs/{job.pk}/withdrawal/").status_code == 302
    assert closing(job) == [(Entry.Kind.RELEASE, 0)]


def test_a_job_that_ran_is_closed_as_failed_and_charged(in_review: Job, bob: User, browser_of: Browse) -> None:
    browser = browser_of(bob)
    assert browser.post(f"/jobs/{in_review.pk}/resolution/", RAN).status_code == 302
    in_review.refresh_from_db()
    assert (in_review.status, in_review.final_credits) == (Job.Status.FAILED, 5)
    assert closing(in_review) == [(Entry.Kind.SETTLE, 5)]
    assert committed(in_review.project) == 5
    said = AuditEvent.objects.get(act="job.resolved")
    assert (said.actor_id, said.after["reason"]) == (bob.pk, RAN["reason"])
    text = browser.get(f"/jobs/{in_review.pk}/").content.decode()
    assert "Settled by a person" in text
    assert f"Decided by {bob.email}" in text


def test_a_job_that_never_ran_is_closed_as_withdrawn_and_freed(in_review: Job, alice: User, browser_of: Browse) -> None:
    browser_of(alice).post(f"/jobs/{in_review.pk}/resolution/", NEVER)
    in_review.refresh_from_db()
    assert (in_review.status, in_review.final_credits) == (Job.Status.WITHDRAWN, 0)
    assert closing(in_review) == [(Entry.Kind.RELEASE, 0)]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"outcome": "ran", "reason": "no figure"},
        {"outcome": "ran", "credits": "-1", "reason": "less than none"},
        {"outcome": "ran", "credits": "99999999999", "reason": "more than there are"},
        {"outcome": "never_ran", "reason": "   "},
        {"outcome": "perhaps", "credits": "1", "reason": "who knows"},
    ],
)
def test_a_decision_without_figures_or_reason_changes_nothing(
    in_review: Job, alice: User, browser_of: Browse, said: dict[str, str]
) -> None:
    answer = browser_of(alice).post(f"/jobs/{in_review.pk}/resolution/", said)
    in_review.refresh_from_db()
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert in_review.status == Job.Status.NEEDS_REVIEW
    assert closing(in_review) == []


def test_the_second_decision_changes_nothing(in_review: Job, alice: User, browser_of: Browse) -> None:
    browser = browser_of(alice)
    browser.post(f"/jobs/{in_review.pk}/resolution/", NEVER)
    assert browser.post(f"/jobs/{in_review.pk}/resolution/", RAN).status_code == 302
    in_review.refresh_from_db()
    assert in_review.status == Job.Status.WITHDRAWN
    assert closing(in_review) == [(Entry.Kind.RELEASE, 0)]


def test_a_job_that_succeeded_takes_no_decision(studio: Project, alice: User, browser_of: Browse) -> None:
    job = make_job(studio, alice, status=Job.Status.SUCCEEDED, final_credits=1)
    browser_of(alice).post(f"/jobs/{job.pk}/resolution/", NEVER)
    job.refresh_from_db()
    assert job.status == Job.Status.SUCCEEDED


def test_asking_now_makes_an_open_job_due(studio: Project, bob: User, browser_of: Browse) -> None:
    later = timezone.now() + timedelta(hours=1)
    job = make_job(studio, bob, status=Job.Status.PROCESSING, rivya_id="task_1", next_check_at=later)
    browser_of(bob).post(f"/jobs/{job.pk}/check/")
    job.refresh_from_db()
    assert job.next_check_at
    assert job.next_check_at <= timezone.now()
    assert Step.objects.filter(job=job, kind=Step.Kind.CHECKED).exists()


def test_a_job_in_review_that_rivya_has_is_asked_about_again(in_review: Job, bob: User, browser_of: Browse) -> None:
    Job.objects.filter(pk=in_review.pk).update(rivya_id="task_2")
    browser_of(bob).post(f"/jobs/{in_review.pk}/check/")
    in_review.refresh_from_db()
    assert in_review.status == Job.Status.UNKNOWN
    assert in_review.next_check_at


def test_a_send_is_never_repeated_once_its_key_may_have_lapsed(in_review: Job, bob: User, browser_of: Browse) -> None:
    long_ago = timezone.now() - RESEND_WITHIN - timedelta(minutes=1)
    Job.objects.filter(pk=in_review.pk).update(first_sent_at=long_ago, sends=9)
    browser = browser_of(bob)
    assert f"/jobs/{in_review.pk}/check/" not in browser.get(f"/jobs/{in_review.pk}/").content.decode()
    browser.post(f"/jobs/{in_review.pk}/check/")
    in_review.refresh_from_db()
    assert in_review.status == Job.Status.NEEDS_REVIEW


@pytest.mark.parametrize("act", ["withdrawal", "check", "resolution"])
def test_a_viewer_looks_a_stranger_sees_nothing_and_a_link_does_nothing(
    studio: Project, team: Team, alice: User, charlie: User, browser_of: Browse, act: str
) -> None:
    job = make_job(studio, alice)
    viewer = make_user("victor", team, Role.VIEWER)
    assert browser_of(viewer).post(f"/jobs/{job.pk}/{act}/", NEVER).status_code == 403
    assert browser_of(charlie).post(f"/jobs/{job.pk}/{act}/", NEVER).status_code == 404
    assert browser_of(alice).get(f"/jobs/{job.pk}/{act}/").status_code == 405
    text = browser_of(viewer).get(f"/jobs/{job.pk}/").content.decode()
    assert f"/jobs/{job.pk}/{act}/" not in text
    assert "Edit and retry" not in text

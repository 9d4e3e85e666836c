"""A job that Rivya has is read to its end; a finished job never reopens; what Rivya says strangely loses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.credits.models import Entry
from console.jobs.models import Job, Result, Step
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job, make_secret
from tests.jobs.following import turn, turn_until_done
from tests.jobs.test_sending import armed, assert_sent_once, strike

READ_FAULTS = [
    armed(fault, options)
    for fault, options in [
        ("reset", {"when": "before"}),
        ("close", {"when": "before"}),
        ("hang", {"when": "before", "seconds": 10}),
        ("error", {"code": "internal_error", "status": 500}),
        ("rate_limited", {"retry_after": "huge"}),
        ("rate_limited", {"retry_after": "garbage"}),
        ("unavailable", {}),
        ("html", {"status": 200}),
        ("html", {"status": 502}),
        ("garbage_json", {}),
        ("not_utf8", {}),
        ("empty_body", {}),
        ("half_body", {"how": "reset"}),
        ("wrong_types", {}),
        ("drop_fields", {"fields": ["status"]}),
        ("new_fields", {}),
        ("unknown_state", {"status": "paused"}),
        ("redirect", {}),
        ("error", {"code": "not_found", "status": 404}),
        ("patch_json", {"merge": {"id": "task_of_somebody_else"}}),
    ]
]


@pytest.fixture
def job(project: Project, alice: User, sandbox: Sandbox) -> Job:
    """A job that Rivya has taken and will work on for a while."""
    sandbox.control("POST", "outcomes", {"match": {"account": sandbox.account}, "outcome": "succeed", "seconds": 15})
    job = make_job(project, alice)
    turn()
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_strange_answer_to_a_read_changes_nothing(job: Job, sandbox: Sandbox, fault: dict[str, Any]) -> None:
    strike(sandbox, "/api/v1/generations/*", fault)
    turn()
    job.refresh_from_db()
    assert job.is_open
    assert Entry.objects.filter(subject=job.pk).held() == job.quoted_credits
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


def test_a_failed_job_says_why_and_gives_its_credits_back(project: Project, alice: User, sandbox: Sandbox) -> None:
    job = turn_until_done(make_job(project, alice, prompt="A kite [fail]"))
    assert (job.status, job.final_credits) == (Job.Status.FAILED, 0)
    assert job.error_code == "generation_failed"
    assert_sent_once(sandbox, job)


def test_a_failed_job_that_was_charged_is_charged_here_too(project: Project, alice: User, sandbox: Sandbox) -> None:
    job = turn_until_done(make_job(project, alice, prompt="A kite [fail charged]"))
    assert job.status == Job.Status.FAILED
    assert job.final_credits
    assert_sent_once(sandbox, job)


def test_a_failure_without_a_reason_has_a_code_all_the_same(project: Project, alice: User) -> None:
    job = turn_until_done(make_job(project, alice, prompt="A kite [fail null]"))
    assert (job.status, job.error_code) == (Job.Status.FAILED, "generation_failed")


def test_a_finished_job_never_reopens(job: Job, sandbox: Sandbox) -> None:
    turn_until_done(job)
    before = Entry.objects.filter(subject=job.pk).count()
    Job.objects.filter(pk=job.pk).update(next_check_at=timezone.now())
    turn(2)
    job.refresh_from_db()
    assert job.status == Job.Status.SUCCEEDED
    assert Entry.objects.filter(subject=job.pk).count() == before


def test_each_named_result_is_a_row_to_bring_home(project: Project, alice: User, sandbox: Sandbox) -> None:
    sandbox.control("POST", "outcomes", {"match": {"account": sandbox.account}, "outcome": "succeed", "urls": 3})
    job = turn_until_done(make_job(project, alice))
    assert list(job.results.values_list("index", "state")) == [(index, Result.State.PENDING) for index in range(3)]


def test_a_success_without_a_result_is_charged_and_says_so(job: Job, sandbox: Sandbox) -> None:
    sandbox.control(
        "POST",
        "faults",
        {
            "match": {"method": "GET", "path": "/api/v1/generations/*", "account": sandbox.account},
            "fault": "patch_json",
            "times": None,
            "merge": {"result": {"primary_url": None, "urls": []}},
        },
    )
    turn_until_done(job)
    assert (job.status, job.error_code) == (Job.Status.SUCCEEDED, "result_missing")
    assert_sent_once(sandbox, job)


def test_past_its_deadline_a_job_is_unknown_and_not_failed(job: Job, sandbox: Sandbox) -> None:
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now() - timedelta(minutes=1))
    strike(sandbox, "/api/v1/generations/*", {"fault": "unknown_state"})
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.UNKNOWN
    assert turn_until_done(job).status == Job.Status.SUCCEEDED, "a late result is still a result"


def test_a_task_that_rivya_forgets_is_put_before_a_person(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations/*", {"fault": "error", "code": "not_found", "status": 404, "times": None})
    turn(6)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.NEEDS_REVIEW, "task_missing")
    assert Entry.objects.filter(subject=job.pk).held() == job.quoted_credits


def test_a_job_outlives_its_key(job: Job, key: Key, sandbox: Sandbox) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    turn()
    job.refresh_from_db()
    assert job.is_open
    another = f"{sandbox.secret}_new"
    sandbox.control("POST", "keys", {"account": sandbox.account, "key": another})
    make_secret(key, another)
    assert turn_until_done(job).status == Job.Status.SUCCEEDED


def test_equal_reads_are_one_step_of_the_timeline(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations/*", {"fault": "unknown_state", "times": 4})
    turn(4)
    step = job.steps.filter(kind=Step.Kind.READ, note="paused").latest("id")
    assert step.count == 3
    assert step.last_at > step.at

"""A job is sent once, whatever Rivya answers: one generation, one charge, one idempotency key, the same bytes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.credits.models import Entry
from console.jobs.models import Job
from console.jobs.submission import put_lapsed_before_a_person
from console.keys.models import Key, Secret
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn, turn_until_done


def armed(fault: str, options: Any) -> Any:
    """A fault as a case with a name."""
    return pytest.param({"fault": fault, **options}, id="-".join([fault, *map(str, options.values())]))


# Faults after which nobody can know whether the work was done. All strike once.
UNKNOWN = [
    armed(fault, options)
    for fault, options in [
        ("reset", {"when": "before"}),
        ("reset", {"when": "during"}),
        ("reset", {"when": "after"}),
        ("close", {"when": "before"}),
        ("close", {"when": "after"}),
        ("hang", {"when": "before", "seconds": 10}),
        ("hang", {"when": "after", "seconds": 10}),
        ("error", {"code": "internal_error", "status": 500}),
        ("error", {"code": "internal_error", "status": 500, "when": "after"}),
        ("html", {"status": 502}),
        ("html", {"status": 502, "when": "after"}),
        ("html", {"status": 200, "when": "after"}),
        ("garbage_json", {"when": "after"}),
        ("empty_body", {"when": "after"}),
        ("half_body", {"how": "reset"}),
        ("half_body", {"how": "close"}),
        ("drop_fields", {"fields": ["id"]}),
        ("redirect", {"when": "after"}),
    ]
]
# Faults that surely mean: not done, come back later.
LATER = [
    armed(fault, options)
    for fault, options in [
        ("rate_limited", {"retry_after": "seconds"}),
        ("rate_limited", {"retry_after": "date"}),
        ("rate_limited", {"retry_after": "garbage"}),
        ("rate_limited", {"retry_after": "missing"}),
        ("rate_limited", {"retry_after": "negative"}),
        ("rate_limited", {"retry_after": "huge"}),
        ("unavailable", {}),
    ]
]


@pytest.fixture
def job(project: Project, alice: User) -> Job:
    return make_job(project, alice)


def strike(sandbox: Sandbox, path: str, fault: dict[str, Any]) -> None:
    match = {"method": "POST" if path.endswith("generations") else "GET", "path": path, "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, **fault})


def assert_sent_once(sandbox: Sandbox, job: Job) -> None:
    """One generation at Rivya for the job, charged as our ledger says, and never a second idempotency key."""
    generations = sandbox.generations()
    assert [item["id"] for item in generations] == [job.rivya_id]
    posts = [item for item in sandbox.state()["idempotency"] if item["account"] == sandbox.account]
    assert {item["key"] for item in posts} == {job.idempotency_key}
    assert all(item["bodies_identical"] for item in posts)
    charged = sum(item["final"] for item in generations)
    assert Entry.objects.filter(subject=job.pk).charged() == charged == job.final_credits
    assert Entry.objects.filter(team=job.team).held() == 0


def test_a_job_is_sent_followed_and_charged(job: Job, sandbox: Sandbox) -> None:
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED
    assert job.rivya_id
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


@pytest.mark.parametrize("fault", UNKNOWN)
def test_after_silence_the_same_bytes_go_out_under_the_same_key(
    job: Job, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    strike(sandbox, "/api/v1/generations", fault)
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.UNKNOWN
    assert job.rivya_id == ""
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


@pytest.mark.parametrize("fault", LATER)
def test_not_now_keeps_the_job_unsent(job: Job, sandbox: Sandbox, fault: dict[str, Any]) -> None:
    strike(sandbox, "/api/v1/generations", fault)
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.UNSENT
    assert job.can_be_withdrawn
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


def test_no_connection_keeps_the_job_unsent(job: Job, settings: Any, sandbox: Sandbox) -> None:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    turn()
    job.refresh_from_db()
    assert (job.status, job.is_in_doubt) == (Job.Status.UNSENT, False)


@pytest.mark.parametrize(
    ("code", "status"),
    [("validation_failed", 400), ("insufficient_credits", 402), ("not_found", 404), ("brand_new_code", 422)],
)
def test_a_refusal_ends_the_job_and_gives_the_credits_back(job: Job, sandbox: Sandbox, code: str, status: int) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "error", "code": code, "status": status})
    turn()
    job.refresh_from_db()
    assert (job.status, job.error_code, job.final_credits) == (Job.Status.REFUSED, code, 0)
    assert Entry.objects.filter(subject=job.pk).held() == 0
    turn(2)
    assert sandbox.generations() == []


def test_a_revoked_key_is_refused_for_everyone_at_once(job: Job, key: Key, sandbox: Sandbox) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    turn()
    job.refresh_from_db()
    key.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.REFUSED, "api_key_revoked")
    assert key.state == Key.State.REFUSED
    assert key.secrets.get().state == Secret.State.REFUSED


def test_a_key_refused_after_silence_leaves_the_question_to_a_person(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "reset", "when": "after"})
    turn()
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.NEEDS_REVIEW
    assert Entry.objects.filter(subject=job.pk).held() == job.quoted_credits, "what may have been spent stays reserved"


def test_too_many_requests_after_silence_does_not_forget_the_silence(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "reset", "when": "after"})
    strike(sandbox, "/api/v1/generations", {"fault": "rate_limited"})
    turn(2)
    job.refresh_from_db()
    assert (job.status, job.is_in_doubt) == (Job.Status.UNKNOWN, True)
    assert not job.can_be_withdrawn
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


def test_a_conflict_while_the_first_call_may_still_run_is_waited_out(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "reset", "when": "after"})
    strike(sandbox, "/api/v1/generations", {"fault": "error", "code": "idempotency_conflict", "status": 409})
    turn(2)
    job.refresh_from_db()
    assert job.status == Job.Status.UNKNOWN
    assert turn_until_done(job).status == Job.Status.SUCCEEDED
    assert_sent_once(sandbox, job)


def test_an_answer_that_names_another_jobs_task_is_not_believed(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    first = turn_until_done(make_job(project, alice))
    second = make_job(project, alice)
    strike(sandbox, "/api/v1/generations", {"fault": "patch_json", "merge": {"id": first.rivya_id}})
    turn()
    second.refresh_from_db()
    assert (second.status, second.rivya_id) == (Job.Status.UNKNOWN, "")
    assert turn_until_done(second).rivya_id != first.rivya_id


def test_an_unanswered_send_is_not_repeated_once_its_key_may_have_lapsed(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "reset", "when": "after"})
    turn()
    Job.objects.filter(pk=job.pk).update(first_sent_at=timezone.now() - timedelta(hours=30))
    turn(2)
    assert put_lapsed_before_a_person()
    job.refresh_from_db()
    assert (job.status, job.error_code, job.sends) == (Job.Status.NEEDS_REVIEW, "outcome_unknown", 1)
    assert Entry.objects.filter(subject=job.pk).held() == job.quoted_credits


def test_a_job_that_surely_never_reached_rivya_is_sent_however_old_it_is(job: Job, sandbox: Sandbox) -> None:
    strike(sandbox, "/api/v1/generations", {"fault": "rate_limited"})
    turn()
    Job.objects.filter(pk=job.pk).update(first_sent_at=timezone.now() - timedelta(hours=30))
    assert turn_until_done(job).status == Job.Status.SUCCEEDED

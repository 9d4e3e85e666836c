"""Values that Rivya must not send and no row can hold: a job with such an answer goes on, and so do all others."""

from typing import Any

import pytest

from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn, turn_until_done
from tests.jobs.test_sending import assert_sent_once

ODD: list[dict[str, Any]] = [
    {"reserved_credits": 2**40},
    {"reserved_credits": 10**30},
    {"final_credits": 2**31},
    {"final_credits": -1},
    {"id": "task\0one"},
    {"id": "t" * 5000},
    {"status": "succ\0eeded"},
    {"status": "s" * 5000},
]


@pytest.mark.parametrize("path", ["/api/v1/generations", "/api/v1/generations/*"])
@pytest.mark.parametrize("merge", ODD, ids=lambda merge: next(iter(merge)))
def test_an_odd_value_holds_up_no_job(
    project: Project, alice: User, sandbox: Sandbox, path: str, merge: dict[str, Any]
) -> None:
    job, other = make_job(project, alice), make_job(project, alice)
    match = {"path": path, "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "fault": "patch_json", "merge": merge})
    turn(2)
    assert {turn_until_done(each).status for each in (job, other)} == {Job.Status.SUCCEEDED}
    assert len(sandbox.generations()) == 2


@pytest.mark.parametrize(
    "error", [{"code": "a\0b", "message": "a\0b"}, {"code": "c" * 5000, "message": "m" * 5000}, {"code": "🙈 " * 90}]
)
def test_an_odd_reason_is_kept_as_far_as_it_can_be(
    project: Project, alice: User, sandbox: Sandbox, error: dict[str, str]
) -> None:
    match = {"account": sandbox.account}
    sandbox.control("POST", "outcomes", {"match": match, "outcome": "fail", "error": error})
    job = turn_until_done(make_job(project, alice))
    assert job.status == Job.Status.FAILED
    assert job.error_code
    assert_sent_once(sandbox, job)


def test_an_odd_address_does_not_hide_that_the_job_succeeded(project: Project, alice: User, sandbox: Sandbox) -> None:
    urls = ["http://exam\0ple/a.png", "x" * 9000, "http://[::1"]
    sandbox.control("POST", "outcomes", {"match": {"account": sandbox.account}, "outcome": "succeed", "urls": urls})
    job = turn_until_done(make_job(project, alice))
    assert job.status == Job.Status.SUCCEEDED
    assert job.results.count() == 3
    assert_sent_once(sandbox, job)

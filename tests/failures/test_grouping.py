"""Failures become causes, and the causes are equal to the jobs at every moment."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from console.failures.grouping import group_failures
from console.failures.models import Cause, Changed, Failure
from console.failures.normalising import normalised
from console.jobs.models import Job, Result
from console.jobs.transitions import move
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project, make_result
from tests.failures.failing import assert_equal_to_the_jobs, fail, fail_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio(team: Team) -> Project:
    return make_project(team, make_key(team))


def test_two_thousand_failures_of_three_causes_are_three_groups(studio: Project, alice: User) -> None:
    one = fail(studio, alice, message="The worker 1 gave up.")
    fail_many(one, 999, "The worker {} gave up.")
    fail_many(one, 500, 'Safety filter: "a fox, number {}" is not allowed.')
    fail_many(one, 500, "See https://rivya.ai/e/{} for task_{}9f.".replace("{}", "{0}"), error_code="validation_failed")
    group_failures()
    assert sorted(Cause.objects.values_list("count", flat=True)) == [500, 500, 1000]
    assert_equal_to_the_jobs()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Task task_04c1 timed out after 30 s.", "Task task_9f22 timed out after 120.5 s."),
        ("See https://a.example/x?y=1 please", "See https://b.example/z please"),
        ("The prompt “a red fox” is refused", "The prompt “two dogs” is refused"),
        ("The value 'wide' is not known", "The value 'tall' is not known"),
        ("id 8d3f6c1e-0000-4000-8000-1234567890ab gone", "id 11111111-0000-4000-8000-1234567890ab gone"),
        ("Too   many\nrequests", "Too many requests"),
    ],
)
def test_what_differs_from_one_failure_to_the_next_is_taken_out(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize("text", ["", "\0\0", "'" * 5000, '"' * 5001, "a1" * 3000, "💥" * 400, "http://" + "x" * 9000])
def test_any_message_at_all_has_a_normal_form(text: str) -> None:
    assert len(normalised(text)) <= 300
    assert "\0" not in normalised(text)


def test_messages_that_mean_different_things_stay_apart() -> None:
    assert normalised("The prompt is too long") != normalised("The image can't be read, it isn't a PNG")
    assert normalised("It can't be read, it isn't a PNG") == "It can't be read, it isn't a PNG"


def test_every_kind_of_failure_is_found(studio: Project, alice: User) -> None:
    fail(studio, alice)
    fail(studio, alice, "validation_failed", status=Job.Status.REFUSED)
    fail(studio, alice, "task_missing", status=Job.Status.NEEDS_REVIEW, final_credits=None, finished_at=None)
    fail(studio, alice, "result_missing", status=Job.Status.SUCCEEDED, final_credits=3)
    lost = make_job(studio, alice, status=Job.Status.SUCCEEDED, final_credits=2, finished_at=timezone.now())
    make_result(lost, state=Result.State.LOST, problem="The media host answered 404.")
    held = make_job(studio, alice, status=Job.Status.SUCCEEDED, final_credits=1, finished_at=timezone.now())
    make_result(held, state=Result.State.HELD, problem="cdn.example is not allowed.")
    fail(studio, alice, "", status=Job.Status.WITHDRAWN)
    make_job(studio, alice)
    group_failures()
    codes = set(Cause.objects.values_list("code", flat=True))
    found = {"generation_failed", "validation_failed", "task_missing"}
    assert codes == found | {"result_missing", "result_not_collected", "result_held"}
    assert_equal_to_the_jobs()


def test_an_unknown_outcome_is_a_failure_only_after_too_long(studio: Project, alice: User) -> None:
    now = timezone.now()
    make_job(studio, alice, status=Job.Status.UNKNOWN, first_sent_at=now, sends=1)
    group_failures()
    assert not Cause.objects.standing().exists()
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        assert group_failures()
        assert Cause.objects.standing().get().code == "unknown_too_long"
        assert_equal_to_the_jobs(timezone.now())


def test_a_job_that_comes_right_is_counted_no_more(studio: Project, alice: User) -> None:
    job = make_job(studio, alice, status=Job.Status.UNKNOWN, first_sent_at=timezone.now() - timedelta(days=1), sends=1)
    group_failures()
    assert Cause.objects.standing().get().count == 1
    move(job, Job.Status.SUCCEEDED, final_credits=1)
    group_failures()
    assert not Cause.objects.standing().exists()
    assert not Failure.objects.exists()
    assert_equal_to_the_jobs()


def test_a_job_that_fails_in_another_way_changes_its_cause(studio: Project, alice: User) -> None:
    job = fail(studio, alice, "task_missing", status=Job.Status.NEEDS_REVIEW, final_credits=None)
    move(job, Job.Status.FAILED, error_code="generation_failed", error_message="It broke.", final_credits=1)
    group_failures()
    cause = Cause.objects.standing().get()
    assert (cause.code, cause.count, cause.charged) == ("generation_failed", 1, 1)
    assert_equal_to_the_jobs()


def test_what_was_counted_once_is_not_counted_again(studio: Project, alice: User) -> None:
    job = fail(studio, alice)
    Changed.objects.bulk_create([Changed(job_id=job.pk)] * 3)
    group_failures()
    assert Cause.objects.get().count == 1
    assert_equal_to_the_jobs()


def test_credits_charged_and_returned_are_the_jobs_own(studio: Project, alice: User) -> None:
    costly = make_model("veo", base_credits=40, category="video")
    fail(studio, alice, model=costly, final_credits=10, reserved_credits=44)
    fail(studio, alice, model=costly, final_credits=0)
    cause = Cause.objects.get()
    assert (cause.charged, cause.returned) == (10, 34 + 40)


def test_models_and_teams_are_told_apart(studio: Project, alice: User, charlie: User) -> None:
    theirs = charlie.memberships.get().team
    fail(studio, alice)
    fail(studio, alice, model=make_model("nano"))
    fail(make_project(theirs, make_key(theirs)), charlie)
    assert Cause.objects.count() == 3
    assert Cause.objects.visible_to(charlie).count() == 1


def test_a_job_that_stays_as_it_is_is_not_looked_at_again(studio: Project, alice: User) -> None:
    job = fail(studio, alice)
    Job.objects.filter(pk=job.pk).update(checks=7)
    running = make_job(studio, alice)
    move(running, Job.Status.SUCCEEDED, final_credits=1)
    assert not Changed.objects.exists()


def test_the_triggers_are_there_after_all_migrations(studio: Project, alice: User) -> None:
    job = make_job(studio, alice)
    result = make_result(job)
    for queryset, fields in (
        (Job.objects.filter(pk=job.pk), {"status": "failed"}),
        (Job.objects.filter(pk=job.pk), {"error_message": "Why"}),
        (Result.objects.filter(pk=result.pk), {"state": "lost"}),
    ):
        Changed.objects.all().delete()
        queryset.update(**fields)
        assert Changed.objects.get().job_id == job.pk

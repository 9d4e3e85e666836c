"""Many jobs tried again: within the quote, each once, with a reason for every one that is left out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import AuditEvent
from console.credits.models import Entry
from console.failures import carrying
from console.failures.grouping import group_failures
from console.failures.models import Bulk, BulkItem, Cause
from console.jobs.models import Job, JobInput
from console.jobs.retrying import retry
from console.keys.models import Secret
from console.projects.models import Project
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_job, make_key, make_model, make_project
from tests.failures.failing import fail, fail_many
from tests.jobs.creating import make_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio(team: Team) -> Project:
    return make_project(team, make_key(team), name="Studio")


@pytest.fixture
def client(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


def quoted(client: Client, cause: Cause, *jobs: Job) -> Bulk:
    """Ask for a quote for these jobs, or for all."""
    form: dict[str, Any] = {"job": [str(job.pk) for job in jobs]} if jobs else {"all": "1"}
    answer = client.post(f"/failures/{cause.pk}/retries/", form)
    assert answer.status_code == 302
    return Bulk.objects.latest("created_at")


def started(client: Client, cause: Cause, *jobs: Job) -> Bulk:
    bulk = quoted(client, cause, *jobs)
    client.post(f"/failures/retries/{bulk.pk}/start/")
    bulk.refresh_from_db()
    return bulk


def reason(job: Job) -> str:
    return BulkItem.objects.filter(job=job).latest("bulk__created_at").reason


def test_nothing_is_sent_before_somebody_says_yes(client: Client, studio: Project, alice: User) -> None:
    fail_many(fail(studio, alice), 3, "It broke.")
    group_failures()
    bulk = quoted(client, Cause.objects.get())
    assert not carrying.carry_retries()
    assert (bulk.state, bulk.quoted_credits, bulk.items.count()) == (Bulk.State.QUOTED, 4, 4)
    assert Job.objects.count() == 4
    assert "Try 4 jobs again · 4 credits" in client.get(f"/failures/retries/{bulk.pk}/").content.decode()


def test_each_chosen_job_becomes_one_new_job_like_it(client: Client, studio: Project, alice: User) -> None:
    one = fail(studio, alice, prompt="A fox", params={})
    fail(studio, alice)
    bulk = started(client, Cause.objects.get(), one)
    assert carrying.carry_retries()
    new = Job.objects.get(retried_from=one)
    assert (new.prompt, new.model, new.project, new.created_by) == ("A fox", one.model, studio, alice)
    assert new.idempotency_key != one.idempotency_key
    assert Entry.objects.filter(subject=new.pk, kind=Entry.Kind.RESERVE).count() == 1
    bulk.refresh_from_db()
    assert (bulk.state, bulk.items.get().state, bulk.items.get().new_job) == (Bulk.State.DONE, "sent", new)
    assert AuditEvent.objects.filter(act="failure.retried", object_id=str(bulk.pk)).count() == 1
    text = client.get(f"/failures/retries/{bulk.pk}/").content.decode()
    assert "1 of 1" in text
    assert f"/jobs/{new.pk}/" in text


def test_two_presses_on_yes_are_one(client: Client, studio: Project, alice: User) -> None:
    fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    client.post(f"/failures/retries/{bulk.pk}/start/")
    carrying.carry_retries()
    client.post(f"/failures/retries/{bulk.pk}/start/")
    assert not carrying.carry_retries()
    assert Job.objects.filter(retried_from__isnull=False).count() == 1


def test_a_second_bulk_waits_for_the_first(client: Client, studio: Project, alice: User) -> None:
    fail(studio, alice)
    first, second = quoted(client, Cause.objects.get()), quoted(client, Cause.objects.get())
    client.post(f"/failures/retries/{first.pk}/start/")
    answer = client.post(f"/failures/retries/{second.pk}/start/", follow=True)
    assert "Another bulk retry of this cause is running" in answer.content.decode()
    carrying.carry_retries()
    client.post(f"/failures/retries/{second.pk}/start/")
    carrying.carry_retries()
    assert Job.objects.filter(retried_from__isnull=False).count() == 1
    assert "tried again before" in BulkItem.objects.get(bulk=second).reason


def test_what_cannot_be_tried_again_says_why(client: Client, studio: Project, alice: User, team: Team) -> None:
    nano = make_model("nano", raw={"id": "nano", "reference_media": {"kinds": ["image"], "max_files": 2}})
    jobs = {
        name: fail(studio, alice, model=nano)
        for name in ("tried", "review", "archived", "scope", "key", "keyless", "param", "prompt", "file", "fine")
    }
    make_job(studio, alice, model=nano, submission=jobs["tried"].idempotency_key)
    Job.objects.filter(submission=jobs["tried"].idempotency_key).update(retried_from=jobs["tried"])
    Job.objects.filter(pk=jobs["review"].pk).update(status=Job.Status.NEEDS_REVIEW, error_code="generation_failed")
    group_failures()
    projects = {
        "archived": make_project(team, studio.key, archived_at=timezone.now()),
        "scope": make_project(team, make_key(team, "rvya_sk_test_scope")),
        "key": make_project(team, make_key(team, "rvya_sk_test_key", state="refused")),
        "keyless": make_project(team, None),
    }
    Secret.objects.filter(key=projects["scope"].key).update(scopes={"generations:create": "no"})
    for name, project in projects.items():
        Job.objects.filter(pk=jobs[name].pk).update(project=project)
    Job.objects.filter(pk=jobs["param"].pk).update(params={"colour": "red"})
    Job.objects.filter(pk=jobs["prompt"].pk).update(prompt="x" * 1001)
    file = make_reference(studio, removed_at=timezone.now())
    upload = file_upload(studio)
    JobInput.objects.create(job=jobs["file"], position=0, file=file, upload=upload)
    bulk = quoted(client, Cause.objects.get(), *jobs.values())
    assert {name: reason(job) for name, job in jobs.items()} == {
        "tried": "It was tried again before.",
        "review": "It is not over, or it did not fail: needs review.",
        "archived": f"The project {projects['archived']} is archived.",
        "scope": f"The key {projects['scope'].key} lacks the scope to start jobs.",
        "key": f"The key {projects['key'].key} is not in use.",
        "keyless": f"The project {projects['keyless']} has no key.",
        "param": "Nano takes no colour any more.",
        "prompt": "Nano takes 1,000 characters by now; the prompt has more.",
        "file": "The reference file fox.png was removed.",
        "fine": "",
    }
    assert bulk.quoted_credits == 1
    text = client.get(f"/failures/retries/{bulk.pk}/").content.decode()
    assert "Try 1 job again · 1 credit<" in text
    assert "The reference file fox.png was removed." in text


def file_upload(project: Project) -> Any:
    from console.files.models import Upload

    assert project.key
    return Upload.objects.create(
        account=project.key.account, sha256="0" * 64, kind="image", rivya_id="file_1", url="https://x.example/1",
        mime_type="image/png", expires_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("change", [{"gone_at": timezone.now()}, {"api_status": "paused"}, {"base_credits": None}])
def test_a_model_that_is_gone_or_closed_is_left_out(
    client: Client, studio: Project, alice: User, change: dict[str, Any]
) -> None:
    job = fail(studio, alice)
    make_model("z-image", **change)
    bulk = quoted(client, Cause.objects.get())
    assert bulk.quoted_credits == 0
    assert "Z Image" in reason(job)
    assert "None of these jobs can be tried again" in client.get(f"/failures/retries/{bulk.pk}/").content.decode()


def test_a_budget_that_fills_up_on_the_way_leaves_the_rest_out(client: Client, studio: Project, alice: User) -> None:
    for _ in range(4):
        fail(studio, alice)
    Project.objects.filter(pk=studio.pk).update(monthly_budget=6)  # the four failed jobs still hold theirs here
    bulk = started(client, Cause.objects.get())
    carrying.carry_retries()
    assert Job.objects.filter(retried_from__isnull=False).count() == 2
    left_out = bulk.items.filter(state=BulkItem.State.SKIPPED)
    assert left_out.count() == 2
    assert all("budget" in item.reason for item in left_out)


def test_a_price_that_rose_since_the_quote_is_not_paid(client: Client, studio: Project, alice: User) -> None:
    job = fail(studio, alice)
    started(client, Cause.objects.get())
    make_model("z-image", base_credits=9)
    carrying.carry_retries()
    assert reason(job) == "The price has risen from 1 to 9 since the quote."
    assert not Job.objects.filter(retried_from=job).exists()


def test_what_rivya_reserves_beyond_the_quote_is_taken_from_the_rest(
    client: Client, studio: Project, alice: User
) -> None:
    for _ in range(4):
        fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    first = bulk.items.first()
    assert first
    carrying.carry(first)
    Job.objects.filter(submission=first.pk).update(reserved_credits=3)  # quoted at 1
    carrying.carry_retries()
    assert carrying.spent(bulk) == 4 == bulk.quoted_credits
    assert bulk.items.filter(state=BulkItem.State.SKIPPED, reason__contains="quote was used up").count() == 2


def test_a_stopped_bulk_sends_no_more(client: Client, studio: Project, alice: User) -> None:
    for _ in range(3):
        fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    first = bulk.items.first()
    assert first
    carrying.carry(first)
    client.post(f"/failures/retries/{bulk.pk}/stop/")
    carrying.carry_retries()
    bulk.refresh_from_db()
    assert (bulk.state, bulk.ended_at is not None) == (Bulk.State.STOPPED, True)
    assert Job.objects.filter(retried_from__isnull=False).count() == 1
    assert bulk.items.filter(reason__contains="stopped").count() == 2
    assert "It does not run any more" in client.post(f"/failures/retries/{bulk.pk}/stop/", follow=True).content.decode()


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_no_longer_make_jobs_makes_none_by_a_bulk(
    client: Client, studio: Project, alice: User, role: str | None
) -> None:
    job = fail(studio, alice)
    started(client, Cause.objects.get())
    mine = Membership.objects.filter(user=alice)
    if role:
        mine.update(role=role)
    else:
        mine.delete()
    carrying.carry_retries()
    assert "Whoever started this bulk retry" in reason(job)
    assert not Job.objects.filter(retried_from=job).exists()


def test_a_worker_killed_between_the_job_and_its_row_leaves_one_job(
    client: Client, studio: Project, alice: User
) -> None:
    job = fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    item = bulk.items.get()
    made = retry(job, alice, item.pk, most_credits=1)  # and then the process is gone
    BulkItem.objects.filter(pk=item.pk).update(lease=None, leased_until=timezone.now() - timedelta(seconds=1))
    carrying.carry_retries()
    item.refresh_from_db()
    assert (item.state, item.new_job) == (BulkItem.State.SENT, made)
    assert Job.objects.filter(retried_from=job).count() == 1


def test_a_bulk_stopped_after_the_kill_still_tells_of_the_job_that_was_made(
    client: Client, studio: Project, alice: User
) -> None:
    job = fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    made = retry(job, alice, bulk.items.get().pk, most_credits=1)
    client.post(f"/failures/retries/{bulk.pk}/stop/")
    carrying.carry_retries()
    assert bulk.items.get().new_job == made


def test_jobs_of_another_cause_or_team_are_not_tried_again(
    client: Client, browser_of: Any, studio: Project, alice: User, charlie: User
) -> None:
    other = fail(studio, alice, "validation_failed")
    theirs = charlie.memberships.get().team
    foreign = fail(make_project(theirs, make_key(theirs)), charlie)
    fail(studio, alice)
    cause = Cause.objects.get(code="generation_failed", team=studio.team)
    answer = client.post(f"/failures/{cause.pk}/retries/", {"job": [str(other.pk), str(foreign.pk), "x", "\0"]})
    assert answer.status_code == 302
    assert (
        "None of the chosen jobs is counted here any more." in client.get(answer.headers["Location"]).content.decode()
    )
    assert not Bulk.objects.exists()

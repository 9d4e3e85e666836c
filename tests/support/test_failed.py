"""The failed jobs of all teams: filters in the address, states to look at, and the two acts of the product's pages."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.audit.models import AuditEvent
from console.credits.models import Entry
from console.jobs.models import Job, Step
from console.support.failed import Wish, narrowed
from console.teams.models import User
from tests.factories import make_job, make_key, make_model, make_project, make_team
from tests.support.conftest import PRIVATE, Owned, give_input
from tests.support.test_searching import page_of


@pytest.fixture
def others(owned: Owned, charlie: User) -> Job:
    """A job of Charlie's team that was refused yesterday."""
    team = charlie.memberships.get().team
    project = make_project(team, make_key(team))
    asked = timezone.now() - timedelta(days=1)
    return make_job(
        project, charlie, model=make_model("runway", category="video"), status=Job.Status.REFUSED,
        error_code="validation_failed", created_at=asked,
    )  # fmt: skip


def listed(support: Client, **query: str) -> str:
    answer = support.get("/admin/failed/", query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_failures_of_all_teams_are_listed_and_nothing_else(support: Client, owned: Owned, others: Job) -> None:
    running = make_job(owned.job.project, owned.job.created_by)  # type: ignore[arg-type]
    page = listed(support)
    assert page_of(owned.job) in page
    assert page_of(others) in page
    assert page_of(running) not in page
    for words in (owned.team.name, others.team.name):
        assert words in page
    assert [private for private in PRIVATE if private in page] == []


@pytest.mark.parametrize("name", ["team", "state", "model", "code", "day"])
def test_each_filter_leaves_the_other_team_out(support: Client, owned: Owned, others: Job, name: str) -> None:
    query = {
        "team": str(others.team_id), "state": "refused", "model": "runway", "code": "validation_failed",
        "day": others.created_at.date().isoformat(),
    }  # fmt: skip
    page = listed(support, **{name: query[name]})
    assert page_of(others) in page
    assert page_of(owned.job) not in page


@pytest.mark.parametrize(
    ("name", "value"), [("team", "x"), ("day", "32"), ("code", "\0"), ("state", "?"), ("page", "%")]
)
def test_a_filter_that_makes_no_sense_is_left_out(support: Client, owned: Owned, name: str, value: str) -> None:
    assert page_of(owned.job) in listed(support, **{name: value})


def test_the_list_is_walked_down_its_own_index(owned: Owned) -> None:
    """Explained with its values bound, as it is asked: SQLite matches a condition of an index with literals only."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    for wish in (Wish(), Wish(code="generation_failed"), Wish(model="z-image")):
        asked = narrowed(Job.objects.order_by("-created_at", "-id"), wish)
        assert "job_gone_wrong" in asked[:51].explain()


def test_the_evidence_of_a_job_is_told_without_its_content(support: Client, owned: Owned) -> None:
    give_input(owned)
    page = unescape(support.get(page_of(owned.job)).content.decode())
    told = ("task_4711", "req_4711", "generation_failed", "Asked for", "Credits reserved", "16 characters, closed")
    for known in told:
        assert known in page
    assert owned.team.name in page
    assert [private for private in (*PRIVATE, "media.example/signed") if private in page] == []


def test_asking_rivya_now_is_the_products_own_and_leaves_a_line(support: Client, sue: User, owned: Owned) -> None:
    asked = {"status": Job.Status.UNKNOWN, "error_code": "", "next_check_at": timezone.now() + timedelta(hours=1)}
    Job.objects.filter(pk=owned.job.pk).update(**asked)
    assert support.post(f"/admin/jobs/{owned.job.pk}/check/").status_code == 302
    assert Job.objects.due().filter(pk=owned.job.pk).exists()
    line = AuditEvent.objects.get(act="support.checked")
    assert (line.actor_id, line.team_id, line.object_id) == (sue.pk, owned.team.pk, str(owned.job.pk))
    assert owned.job.steps.filter(kind=Step.Kind.CHECKED).count() == 1


def test_a_job_that_has_ended_is_not_asked_about(support: Client, owned: Owned) -> None:
    support.post(f"/admin/jobs/{owned.job.pk}/check/")
    assert not AuditEvent.objects.filter(act="support.checked").exists()
    assert not owned.job.steps.filter(kind=Step.Kind.CHECKED).exists()


@pytest.fixture
def retried(owned: Owned) -> Job:
    """A failed job whose request its model still takes."""
    param = {"key": "style", "type": "string"}
    make_model(raw={"id": "z-image", "params": [param]})
    return owned.job


def test_a_retry_sends_the_same_request_once_and_leaves_a_line(support: Client, sue: User, retried: Job) -> None:
    form = {"form": str(uuid4())}
    for _ in range(2):
        assert support.post(f"/admin/jobs/{retried.pk}/retry/", form).status_code == 302
    again = Job.objects.get(retried_from=retried)
    assert (again.prompt, again.params, again.project) == (retried.prompt, retried.params, retried.project)
    assert (again.created_by, again.status) == (sue, Job.Status.UNSENT)
    assert Entry.objects.filter(subject=again.pk, kind="reserve").count() == 1
    assert AuditEvent.objects.filter(act="support.retry_asked", team_id=retried.team_id, actor_id=sue.pk).exists()


def test_what_was_tried_again_by_anybody_is_not_tried_again_by_staff(support: Client, retried: Job) -> None:
    for _ in range(2):
        answer = support.post(f"/admin/jobs/{retried.pk}/retry/", {"form": str(uuid4())}, follow=True)
    assert "It was tried again before" in answer.content.decode()
    assert Job.objects.filter(retried_from=retried).count() == 1


@pytest.mark.parametrize("what", ["form", "budget", "model", "parameters", "state", "archived"])
def test_a_retry_that_the_product_would_refuse_is_refused(support: Client, retried: Job, what: str) -> None:
    project = type(retried.project).objects.filter(pk=retried.project_id)
    if what == "budget":
        project.update(monthly_budget=0)
    if what == "archived":
        project.update(archived_at=timezone.now())
    if what == "model":
        make_model(api_status="unavailable", raw={"id": "z-image", "params": [{"key": "style", "type": "string"}]})
    if what == "parameters":
        make_model()
    if what == "state":
        Job.objects.filter(pk=retried.pk).update(status=Job.Status.SUCCEEDED)
    form = {"form": "no id" if what == "form" else str(uuid4())}
    answer = support.post(f"/admin/jobs/{retried.pk}/retry/", form, follow=True)
    assert "othing was sent" in answer.content.decode()
    assert not Job.objects.filter(retried_from=retried).exists()


def test_nobody_but_staff_acts(browser_of: Any, alice: User, retried: Job) -> None:
    for path in ("check", "retry"):
        answer = browser_of(alice).post(f"/admin/jobs/{retried.pk}/{path}/", {"form": str(uuid4())})
        assert answer.status_code == 302
    assert not Job.objects.filter(retried_from=retried).exists()


def test_many_teams_cost_no_more_questions(support: Client, owned: Owned, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        team = make_team(name=f"Another {number}")
        project = make_project(team, make_key(team))
        make_job(project, owned.job.created_by, status=Job.Status.FAILED)  # type: ignore[arg-type]
    with django_assert_max_num_queries(9):
        support.get("/admin/failed/")

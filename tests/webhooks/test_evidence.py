"""A believed event is a step of its job's evidence, once."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from console.jobs.bundling import bundle_of
from console.jobs.models import Job, Step
from console.projects.models import Project
from console.teams.models import User
from console.webhooks import receiving
from console.webhooks import ringing as bells
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_job, make_key, make_project, make_team
from tests.webhooks.ringing import event, ring
from tests.webhooks.test_endpoints import browser
from tests.webhooks.test_receiving import followed
from tests.webhooks.test_together import signed

__all__ = ["browser"]


def told(job: Job) -> list[tuple[str, str]]:
    return list(job.steps.filter(kind=Step.Kind.WEBHOOK).values_list("source", "note"))


def test_an_event_is_told_once_on_the_page_of_its_job(
    endpoint: Endpoint, studio: Project, alice: User, browser: Client
) -> None:
    job, knock = followed(studio, alice), signed(event("task_1", type="generation.failed"))
    receiving.receive(endpoint.door, [knock, knock])
    receiving.receive(endpoint.door, [knock])
    assert told(job) == [("rivya", "generation.failed")]
    page = browser.get(f"/jobs/{job.pk}/").content.decode()
    assert page.count("Webhook from Rivya") == 1
    assert "generation.failed" in page
    assert bundle_of(job)["timeline"][-1]["kind"] == "webhook"
    assert "evt_" not in json.dumps(bundle_of(job))


def test_events_of_one_moment_are_told_in_the_order_they_came(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job, other = followed(studio, alice), followed(studio, alice, "task_2")
    types = ["generation.failed", "generation.succeeded", "generation.failed"]
    receiving.receive(endpoint.door, [signed(event("task_1", type=type_)) for type_ in types])
    assert [note for _, note in told(job)] == types
    assert told(other) == []


def test_what_comes_after_the_end_is_told_too(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job = make_job(studio, alice, status="succeeded", rivya_id="task_1", next_check_at=None)
    ring(endpoint, event("task_1"))
    assert len(told(job)) == 1


def test_an_event_that_waited_is_told_when_its_job_is_known(endpoint: Endpoint, studio: Project, alice: User) -> None:
    ring(endpoint, event("task_9"))
    job = followed(studio, alice, "task_9")
    stale = Delivery.objects.get()
    assert bells.ring_late()
    bells.ring(stale)  # as a second worker would, which found it waiting at the same moment
    assert told(job) == [("rivya", "generation.succeeded")]


def test_a_second_ring_is_no_second_event(endpoint: Endpoint, studio: Project, alice: User, browser: Client) -> None:
    job = followed(studio, alice, lease=endpoint.pk, leased_until=timezone.now() + timedelta(minutes=1))
    ring(endpoint, event("task_1"))
    assert Delivery.objects.get().effect == Delivery.Effect.BUSY
    Job.objects.update(lease=None, leased_until=None)
    assert bells.ring_late()
    browser.post(f"/webhooks/deliveries/{Delivery.objects.get().pk}/ring/")
    assert len(told(job)) == 1


@pytest.mark.parametrize("fields", [{"type": "generation.dreamt"}, {"id": "evt_test"}])
def test_a_test_and_a_strange_type_are_not_told(
    endpoint: Endpoint, studio: Project, alice: User, browser: Client, fields: dict[str, str]
) -> None:
    Endpoint.objects.update(test_event_id="evt_test")
    job = followed(studio, alice)
    ring(endpoint, event("task_1", **fields))
    browser.post(f"/webhooks/deliveries/{Delivery.objects.get().pk}/ring/")
    assert told(job) == []


def test_another_teams_job_is_told_nothing(endpoint: Endpoint, charlie: User) -> None:
    theirs = make_team(charlie)
    job = followed(make_project(theirs, make_key(theirs)), charlie)
    ring(endpoint, event("task_1"))
    assert not bells.ring_late()
    assert told(job) == []

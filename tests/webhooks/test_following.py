"""An open page hears of what knocks, and a storm does not flood it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.live.models import Event
from console.projects.models import Project
from console.teams.models import User
from console.webhooks import announcing, ringing
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_job
from tests.webhooks.ringing import event, knock, ring

AS_FRAGMENT = {"HX-Request": "true", "HX-Target": "div#endpoint-log"}


@pytest.fixture
def browser(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


def told(endpoint: Endpoint) -> int:
    return Event.objects.filter(team_id=endpoint.team_id, name=f"endpoint-{endpoint.pk}").count()


def test_what_is_believed_and_what_is_refused_are_both_told(endpoint: Endpoint) -> None:
    ring(endpoint, event())
    assert told(endpoint) == 1
    knock(endpoint, b"{}", {})
    assert told(endpoint) == 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that goes on when the test says so."""
    now = [100.0]
    monkeypatch.setattr("console.webhooks.announcing.monotonic", lambda: now[0])
    return now


def test_a_storm_is_told_once_a_second(
    endpoint: Endpoint, django_capture_on_commit_callbacks: Any, clock: list[float]
) -> None:
    for number in range(50):
        with django_capture_on_commit_callbacks(execute=True):
            ring(endpoint, event())
        assert told(endpoint) == 1 + number // 25
        clock[0] += 0.0401


@pytest.mark.usefixtures("clock")
def test_what_was_rolled_back_is_told_with_the_next(
    endpoint: Endpoint, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=False):  # as after a rollback: nothing was committed
        announcing.announce(endpoint.team_id, endpoint.pk)
    with django_capture_on_commit_callbacks(execute=True):
        announcing.announce(endpoint.team_id, endpoint.pk)
    assert told(endpoint) == 2


@pytest.mark.usefixtures("clock")
def test_within_the_second_the_door_writes_nothing_more(
    endpoint: Endpoint, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        announcing.announce(endpoint.team_id, endpoint.pk)
    with CaptureQueriesContext(connection) as captured:
        ring(endpoint, event())
    assert not [query for query in captured if "live_event" in query["sql"]]


def test_an_event_that_finds_its_job_late_is_told_again(endpoint: Endpoint, studio: Project, alice: User) -> None:
    ring(endpoint, event("task_1"))
    make_job(studio, alice, status="processing", rivya_id="task_1")
    assert ringing.ring_late()
    assert told(endpoint) == 2


def test_the_page_asks_for_its_own_filter_and_place(browser: Client, endpoint: Endpoint) -> None:
    page = browser.get(f"/webhooks/{endpoint.pk}/?shown=refused").content.decode()
    assert f'hx-get="/webhooks/{endpoint.pk}/?shown=refused"' in page
    assert f'endpoint-{endpoint.pk} from:body throttle:1s, endpoint-{endpoint.pk} from:body delay:1500ms"' in page
    ring(endpoint, event(id="evt_believed"))
    knock(endpoint, b"{}", {})
    fragment = browser.get(f"/webhooks/{endpoint.pk}/?shown=refused", headers=AS_FRAGMENT).content.decode()
    assert "<html" not in fragment
    assert "No signature" in fragment
    assert "evt_believed" not in fragment


def test_what_is_refused_is_heard_too(browser: Client, endpoint: Endpoint) -> None:
    assert "nothing believed yet" in browser.get(f"/webhooks/{endpoint.pk}/").content.decode()
    knock(endpoint, b"{}", {})
    fragment = browser.get(f"/webhooks/{endpoint.pk}/", headers=AS_FRAGMENT).content.decode()
    assert "nothing believed yet" in fragment
    assert "Last refused" in fragment
    ring(endpoint, event())
    fragment = browser.get(f"/webhooks/{endpoint.pk}/", headers=AS_FRAGMENT).content.decode()
    assert "Last refused" not in fragment
    assert Delivery.objects.count() == 2

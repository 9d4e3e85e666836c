"""An endpoint is deleted, and what knocked at it can still be read."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.keys.models import Key
from console.teams.models import Role, Team, User
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.pruning import prune_deliveries
from tests.conftest import Sandbox
from tests.factories import make_user
from tests.webhooks.catching import Catcher
from tests.webhooks.ringing import event, make_endpoint, ring

ACTS = ("finish", "pause", "resumption", "test", "settings", "rotation", "deletion")


@pytest.fixture
def browser(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


@pytest.fixture
def reachable(settings: Any) -> None:
    """An address that Rivya could ring at: nothing else stands in the place of the endpoints."""
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://console.acme.dev", ["*"]


@pytest.fixture
def deleted(endpoint: Endpoint) -> Endpoint:
    """One that heard something before it was deleted."""
    ring(endpoint, event())
    Endpoint.objects.update(state=Endpoint.State.DELETED, deleted_at=timezone.now())
    return endpoint


def test_deleting_says_when(browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox) -> None:
    browser.post("/webhooks/new/", {"name": "Production", "key": str(key.pk)})
    endpoint = Endpoint.objects.get()
    ring_before = timezone.now()
    browser.post(f"/webhooks/{endpoint.pk}/deletion/", {"name": "Production"})
    endpoint.refresh_from_db()
    assert endpoint.deleted_at
    assert endpoint.deleted_at > ring_before
    assert "Deleted endpoints" not in browser.get("/webhooks/").content.decode(), "nothing ever knocked"


@pytest.mark.usefixtures("reachable")
def test_its_log_is_found_from_the_list_of_endpoints(browser: Client, deleted: Endpoint) -> None:
    page = browser.get("/webhooks/").content.decode()
    assert "Deleted endpoints" in page
    assert f'href="/webhooks/{deleted.pk}/"' in page
    assert "No endpoint now" in page
    log = browser.get(f"/webhooks/{deleted.pk}/").content.decode()
    delivery = Delivery.objects.get()
    assert f'href="/webhooks/deliveries/{delivery.pk}/"' in log
    assert "its address answers nobody" in log
    assert f'href="/webhooks/{deleted.pk}/"' in browser.get(f"/webhooks/deliveries/{delivery.pk}/").content.decode()


def test_nothing_can_be_done_with_it_any_more(browser: Client, deleted: Endpoint) -> None:
    log = browser.get(f"/webhooks/{deleted.pk}/").content.decode()
    for act in (*ACTS, "comparison", "standing"):
        assert f"/webhooks/{deleted.pk}/{act}/" not in log
    for act in ACTS:
        answer = browser.post(f"/webhooks/{deleted.pk}/{act}/", follow=True)
        assert answer.redirect_chain == [(f"/webhooks/{deleted.pk}/", 302)]
        assert "was deleted meanwhile" in answer.content.decode()
    assert ring(deleted, event()) == 404


@pytest.mark.usefixtures("reachable", "quiet_key")
def test_a_team_that_never_had_one_reads_of_none(browser: Client) -> None:
    page = browser.get("/webhooks/").content.decode()
    assert "No endpoints yet" in page
    assert "Deleted endpoints" not in page


def test_it_is_not_listed_beside_the_others(browser: Client, deleted: Endpoint, quiet_key: Key) -> None:
    other = make_endpoint(quiet_key, name="Staging")
    page = browser.get("/webhooks/").content.decode()
    assert f'id="endpoint-{other.pk}"' in page
    assert f'id="endpoint-{deleted.pk}"' not in page
    assert "Deleted endpoints" in page


def test_it_is_listed_as_long_as_its_log_is_kept(browser: Client, deleted: Endpoint, settings: Any) -> None:
    settings.WEBHOOK_LOG_DAYS = 7
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=8))
    prune_deliveries()
    assert "Deleted endpoints" not in browser.get("/webhooks/").content.decode()


def test_only_who_manages_webhooks_reads_it(browser_of: Any, team: Team, deleted: Endpoint, charlie: User) -> None:
    member = browser_of(make_user("paul", team, Role.MEMBER))
    assert member.get(f"/webhooks/{deleted.pk}/").status_code == 403
    assert browser_of(charlie).get(f"/webhooks/{deleted.pk}/").status_code == 404

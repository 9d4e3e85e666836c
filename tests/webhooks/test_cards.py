"""The cards of the list follow what happens, and Rivya is asked no more often for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.live.models import Event
from console.webhooks import silence
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.ringing import event, knock, ring
from tests.webhooks.test_endpoints import act, browser, registered

__all__ = ["browser", "registered"]


def card(browser: Client, endpoint: Endpoint) -> str:
    """What an open list gets when it is told that something happened."""
    answer = browser.get(f"/webhooks/{endpoint.pk}/standing/")
    assert answer.status_code == 200
    return answer.content.decode()


def asked(sandbox: Sandbox, endpoint: Endpoint) -> int:
    path = f"/webhooks/{endpoint.rivya_id}"
    return sum(one["method"] == "GET" for one in sandbox.control("GET", f"requests?path={path}")["data"])


def trouble(drawn: str) -> str:
    """Why Rivya could not be asked, as the card says it."""
    return drawn.partition('<p class="small muted">')[2].partition("<dl")[0].partition("</p>")[0]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`told(endpoint)`: how often open pages were told since last asked; no telling is left out for coming too soon."""
    monkeypatch.setattr("console.webhooks.announcing.QUIET_SECONDS", 0.0)

    def count(endpoint: Endpoint) -> int:
        events = Event.objects.filter(team_id=endpoint.team_id, name=f"endpoint-{endpoint.pk}")
        return events.delete()[0]

    return count


def test_each_card_of_the_list_draws_itself_again(browser: Client, registered: Endpoint) -> None:
    page = browser.get("/webhooks/").content.decode()
    heard = f"endpoint-{registered.pk} from:body"
    assert f'"load delay:1500ms, {heard} throttle:1s, {heard} delay:1500ms"' in page
    assert f'hx-target="#endpoint-{registered.pk}"' in page
    fresh = card(browser, registered)
    assert fresh.strip().startswith("<article")
    assert "hx-trigger" not in fresh, "else every drawing would ask for the next"


def test_a_card_tells_of_the_last_knock(browser: Client, endpoint: Endpoint) -> None:
    Endpoint.objects.update(read_at=timezone.now())
    assert "nothing believed yet" in card(browser, endpoint)
    ring(endpoint, event())
    assert "nothing believed yet" not in card(browser, endpoint)
    knock(endpoint, b"{}", {})
    assert "Last refused" in card(browser, endpoint)


@pytest.mark.parametrize("what", ["pause", "settings", "rotation", "test", "deletion"])
def test_open_pages_are_told_what_somebody_did(browser: Client, registered: Endpoint, told: Any, what: str) -> None:
    told(registered)
    act(browser, registered, what, name="Production")
    assert told(registered)
    card(browser, registered)


def test_open_pages_are_told_of_a_finished_registration(browser: Client, registered: Endpoint, told: Any) -> None:
    Endpoint.objects.update(state=Endpoint.State.REGISTERING)
    told(registered)
    act(browser, registered, "finish")
    assert told(registered)


def test_open_pages_are_told_of_silence(registered: Endpoint, told: Any) -> None:
    Endpoint.objects.update(silent_since=timezone.now())
    told(registered)
    assert silence.watch_silence(), "three jobs no longer stand behind it"
    assert told(registered)


def test_a_card_that_is_deleted_meanwhile_says_so(browser: Client, registered: Endpoint) -> None:
    act(browser, registered, "deletion", name="Production")
    drawn = card(browser, registered)
    assert "Deleted" in drawn
    assert "Open it to finish" not in drawn


def test_what_rivya_says_is_told_when_it_is_new(
    browser: Client, registered: Endpoint, sandbox: Sandbox, told: Any
) -> None:
    told(registered)
    Endpoint.objects.update(read_at=None, rivya_failures=7)
    card(browser, registered)
    assert told(registered)
    Endpoint.objects.update(read_at=timezone.now() - timedelta(seconds=30))
    card(browser, registered)
    assert not told(registered), "told of nothing new, pages would have Rivya asked for ever"


def test_many_pages_have_rivya_asked_once(browser: Client, registered: Endpoint, sandbox: Sandbox) -> None:
    Endpoint.objects.update(read_at=None)
    sandbox.control("POST", "faults", {"match": {"path": "/api/v1/webhooks/*"}, "fault": "unavailable", "times": None})
    before = asked(sandbox, registered)
    first = trouble(card(browser, registered))
    once = asked(sandbox, registered)
    assert once > before
    assert first
    assert [trouble(card(browser, registered)) for _ in range(5)] == [first] * 5
    assert asked(sandbox, registered) == once


def test_the_page_of_an_endpoint_follows_it_to_its_deletion(browser: Client, registered: Endpoint) -> None:
    """Both halves: what is said and offered at its head, and the part about Rivya."""
    address = f"/webhooks/{registered.pk}/standing/?part=rivya"
    assert f'hx-get="{address}"' in browser.get(f"/webhooks/{registered.pk}/").content.decode()
    act(browser, registered, "pause")
    drawn = browser.get(address).content.decode()
    assert "Paused" in drawn
    assert f"/webhooks/{registered.pk}/pause/" not in drawn
    act(browser, registered, "deletion", name="Production")
    gone = browser.get(address)
    assert gone.status_code == 200
    assert "Deleted" in gone.content.decode()
    assert "<form" not in gone.content.decode()
    assert "answer was never stored" not in gone.content.decode()


def test_open_pages_are_told_when_an_act_failed(
    browser: Client, registered: Endpoint, sandbox: Sandbox, told: Any
) -> None:
    sandbox.control("POST", "faults", {"match": {"method": "DELETE", "path": "*"}, "fault": "close", "when": "after"})
    act(browser, registered, "deletion", name="Production")
    assert told(registered) >= 2, "that it was begun, and that it is over"

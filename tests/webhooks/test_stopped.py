"""An endpoint that Rivya stopped by itself: the page offers what helps, and Rivya is not asked for what cannot come."""

from typing import Any

import httpx
import pytest

from console.audit.models import AuditEvent
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.catching import Catcher
from tests.webhooks.test_endpoints import act, at_rivya, browser, offered, registered

__all__ = ["browser", "registered"]


@pytest.fixture
def stopped(browser: Any, registered: Endpoint, sandbox: Sandbox) -> Endpoint:
    """Rivya disabled it, and the console has not read that yet."""
    there = f"{sandbox.url}/api/v1/webhooks/{registered.rivya_id}"
    headers = {"Authorization": f"Bearer {sandbox.secret}"}
    httpx.patch(there, json={"status": "disabled"}, headers=headers, trust_env=False).raise_for_status()
    Endpoint.objects.update(read_at=None)
    return registered


def at_its_page(browser: Any, endpoint: Endpoint) -> str:
    """What the open page gets when it has Rivya asked."""
    return str(browser.get(f"/webhooks/{endpoint.pk}/standing/?part=rivya").content.decode())


def test_an_open_page_offers_to_resume_it_as_soon_as_rivya_was_asked(browser: Any, stopped: Endpoint) -> None:
    assert offered(browser, stopped) == {"test", "pause", "rotation", "settings", "deletion"}, "not known yet"
    update = at_its_page(browser, stopped)
    assert '<div class="stack-6" id="endpoint-head" hx-swap-oob="outerMorph">' in update
    assert f'"/webhooks/{stopped.pk}/resumption/"' in update
    assert f'"/webhooks/{stopped.pk}/test/"' not in update
    assert "Rivya says that it is disabled" in update
    assert "Stopped by Rivya" in update
    assert offered(browser, stopped) == {"resumption", "rotation", "settings", "deletion"}
    page = browser.get(stopped.get_absolute_url()).content.decode()
    assert "resume it, then send a test" in page
    assert "pause and resume" not in page
    assert "Send a test to see one" not in page


def test_a_test_is_refused_without_asking_rivya(browser: Any, stopped: Endpoint, sandbox: Sandbox) -> None:
    at_its_page(browser, stopped)
    sandbox.control("DELETE", "requests")
    page = act(browser, stopped, "test")
    assert "Rivya says that this endpoint is disabled: it is sent nothing, no test either. Resume it first." in page
    assert sandbox.control("GET", "requests?path=/webhooks")["data"] == []
    assert not AuditEvent.objects.filter(act="webhook.tested").exists()


def test_resumed_it_is_tested_and_believed(browser: Any, stopped: Endpoint, sandbox: Sandbox, catcher: Catcher) -> None:
    at_its_page(browser, stopped)
    act(browser, stopped, "resumption")
    assert (stopped.state, at_rivya(sandbox)[0]["status"]) == ("active", "active")
    line = AuditEvent.objects.get(act="webhook.resumed")
    assert (line.before["at_rivya"], line.after["at_rivya"]) == ("disabled", "active")
    assert offered(browser, stopped) == {"test", "pause", "rotation", "settings", "deletion"}
    act(browser, stopped, "test")
    assert catcher.hand_on() == 200

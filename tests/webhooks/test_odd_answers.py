"""What Rivya must not answer about an endpoint: the page goes on, and what cannot be meant is not kept."""

from typing import Any

import pytest
from django.test import Client

from console.keys.models import Key
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.catching import Catcher
from tests.webhooks.test_endpoints import act, at_rivya, browser, register, registered

__all__ = ["browser", "registered"]


def answers(sandbox: Sandbox, **merge: Any) -> None:
    """Rivya's next answers about endpoints say this."""
    match = {"path": "/api/v1/webhooks*", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "fault": "patch_json", "merge": merge, "times": None})


@pytest.mark.parametrize("count", [-5, 2**31, 10**30])
def test_a_count_of_failures_that_no_row_can_hold_counts_as_not_told(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox, count: int
) -> None:
    answers(sandbox, failure_count=count)
    assert register(browser, key).status_code == 200
    endpoint = Endpoint.objects.get()
    assert (endpoint.state, endpoint.rivya_failures) == ("active", None)
    assert "Paused" in act(browser, endpoint, "pause")
    assert browser.get(f"/webhooks/{endpoint.pk}/standing/").status_code == 200


UNUSABLE = [None, "", "x", "whsec_" + "\u0007" * 12]


@pytest.mark.parametrize("secret", UNUSABLE)
def test_a_registration_without_a_usable_signing_secret_says_so(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox, secret: str | None
) -> None:
    answers(sandbox, signing_secret=secret)
    page = register(browser, key).content.decode()
    endpoint = Endpoint.objects.get()
    assert endpoint.state == "registering"
    assert not endpoint.signing_secrets.exists()
    assert "told no usable signing secret. Finishing asks for a new one." in page
    assert "It is not known whether Rivya registered it" not in page
    assert "Still not finished" in act(browser, endpoint, "finish")
    sandbox.control("DELETE", "faults")
    act(browser, endpoint, "finish")
    assert (endpoint.state, len(at_rivya(sandbox))) == ("active", 1)


def test_a_rotation_to_an_unusable_secret_keeps_the_one_before(
    browser: Client, registered: Endpoint, sandbox: Sandbox
) -> None:
    before = registered.signing_secrets.get()
    answers(sandbox, signing_secret="x")
    assert "rotate once more" in act(browser, registered, "rotation")
    assert registered.signing_secrets.get() == before


def test_what_was_deleted_at_rivya_before_it_was_finished_can_only_be_deleted(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox
) -> None:
    answers(sandbox, signing_secret=None)
    register(browser, key)
    sandbox.control("DELETE", "faults")
    endpoint = Endpoint.objects.get()
    Endpoint.objects.update(rivya_id="whend_gone")
    page = act(browser, endpoint, "finish")
    assert "Still not finished. Rivya has no such endpoint any more. Delete it here, and register another." in page
    assert "Check that the key" not in page
    act(browser, endpoint, "deletion", name="Production")
    assert endpoint.state == "deleted"

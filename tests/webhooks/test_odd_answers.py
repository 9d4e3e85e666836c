"""What Rivya must not answer about an endpoint: the page goes on, and what cannot be meant is not kept."""

from typing import Any

import pytest
from django.test import Client

from console.keys.models import Key
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.catching import Catcher
from tests.webhooks.test_endpoints import act, browser, register, registered

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

"""What was begun at Rivya and whose answer was lost says so, until it is done once more."""

from typing import Any

import pytest

from console.audit.models import AuditEvent
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.test_endpoints import act, at_rivya, browser, registered

__all__ = ["browser", "registered"]

PATHS = {"deletion": "/api/v1/webhooks/whend_*", "rotation": "*/rotate-secret"}
WORDS = {"deletion": "A deletion did not finish", "rotation": "A rotation did not finish"}


@pytest.fixture
def lose(sandbox: Sandbox) -> Any:
    """`lose(what, when)`: the next answer to this act gets lost, after or before Rivya did it."""

    def armed(what: str, when: str = "after") -> None:
        match = {"path": PATHS[what], "method": "DELETE" if what == "deletion" else "POST"}
        sandbox.control("POST", "faults", {"match": match, "fault": "close", "when": when})

    return armed


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deletion_whose_answer_was_lost_says_so_and_is_done_again(
    browser: Any, registered: Endpoint, sandbox: Sandbox, lose: Any, when: str
) -> None:
    lose("deletion", when)
    assert "delete it once more" in act(browser, registered, "deletion", name="Production")
    assert registered.state == "active"
    assert WORDS["deletion"] in browser.get(f"/webhooks/{registered.pk}/").content.decode()
    assert WORDS["deletion"] in browser.get("/webhooks/").content.decode()
    act(browser, registered, "deletion", name="Production")
    assert (registered.state, registered.deleting_since) == ("deleted", None)
    assert [one["status"] for one in at_rivya(sandbox)] == ["revoked"]
    acts = AuditEvent.objects.filter(act__startswith="webhook.delet").order_by("at").values_list("act", flat=True)
    assert list(acts) == ["webhook.deletion_begun"] * 2 + ["webhook.deleted"]


@pytest.mark.parametrize("kept_by", ["settings", "pause", "rotation"])
def test_who_goes_on_using_it_does_not_want_it_deleted(
    browser: Any, registered: Endpoint, lose: Any, kept_by: str
) -> None:
    lose("deletion", "before")
    act(browser, registered, "deletion", name="Production")
    assert registered.deleting_since
    assert WORDS["deletion"] not in act(browser, registered, kept_by, name="Launch")
    assert registered.deleting_since is None


@pytest.mark.parametrize("what", ["deletion", "rotation"])
def test_what_is_surely_not_done_leaves_nothing_begun(
    browser: Any, registered: Endpoint, sandbox: Sandbox, what: str
) -> None:
    fault = {"match": {"path": PATHS[what]}, "fault": "error", "code": "validation_failed"}
    sandbox.control("POST", "faults", fault)
    act(browser, registered, what, name="Production")
    assert WORDS[what] not in browser.get(f"/webhooks/{registered.pk}/").content.decode()


@pytest.mark.parametrize("what", ["deletion", "rotation"])
def test_a_refusal_does_not_forget_what_an_earlier_try_left_open(
    browser: Any, registered: Endpoint, sandbox: Sandbox, lose: Any, what: str
) -> None:
    lose(what)
    act(browser, registered, what, name="Production")
    fault = {"match": {"path": PATHS[what]}, "fault": "error", "code": "validation_failed"}
    sandbox.control("POST", "faults", fault)
    act(browser, registered, what, name="Production")
    assert WORDS[what] in browser.get(f"/webhooks/{registered.pk}/").content.decode()

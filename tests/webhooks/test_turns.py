"""Two acts on one endpoint at once: the second is refused in words, and what is stored is what Rivya said last."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.keys.models import Key
from console.webhooks import changing, deleting, registering
from console.webhooks.models import Endpoint, SigningSecret
from console.webhooks.turns import LEASE_SECONDS
from tests.conftest import Sandbox
from tests.webhooks.catching import Catcher
from tests.webhooks.test_endpoints import act, at_rivya, browser, register, registered

__all__ = ["browser", "registered"]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`meanwhile(registering, do)` does something once, between Rivya's answer and our row."""

    def between(module: Any, do: Any) -> None:
        ask, left = module.ask, [do]

        def slow(endpoint: Endpoint, call: Any) -> Any:
            answer = ask(endpoint, call)
            if left:
                left.pop()()
            return answer

        monkeypatch.setattr(module, "ask", slow)

    return between


WORDS = {"deletion": "It is being deleted", "rotation": "Its secret is being rotated"}


@pytest.mark.parametrize("what", WORDS)
def test_an_act_that_is_at_rivya_is_not_called_unfinished(
    browser: Client, registered: Endpoint, meanwhile: Any, what: str
) -> None:
    pages: list[str] = []

    def look() -> None:
        pages.extend(browser.get(page).content.decode() for page in (f"/webhooks/{registered.pk}/", "/webhooks/"))

    meanwhile({"deletion": deleting, "rotation": changing}[what], look)
    act(browser, registered, what, name=registered.name)
    page, listed = pages
    assert WORDS[what] in page
    assert WORDS[what] in listed
    assert "did not finish" not in page + listed


def refused(page: str) -> bool:
    return "Another act on this endpoint is still at Rivya." in page


@pytest.mark.parametrize("second", ["rotation", "pause", "settings", "deletion"])
def test_nothing_comes_between_a_rotation_and_its_secret(
    browser: Client, registered: Endpoint, meanwhile: Any, second: str
) -> None:
    pages = []
    fields = {"name": "Another" if second == "settings" else registered.name, "scheme": "timestamp"}
    meanwhile(changing, lambda: pages.append(act(browser, registered, second, **fields, confirm=registered.name)))
    act(browser, registered, "rotation")
    assert [refused(page) for page in pages] == [True]
    assert (registered.state, registered.name) == (Endpoint.State.ACTIVE, "Production")
    assert SigningSecret.objects.filter(endpoint=registered).count() == 2, "the old one, for an hour, and one new"
    assert registered.lease is None
    assert not refused(act(browser, registered, "rotation"))


@pytest.mark.parametrize("first", ["pause", "resumption", "rotation"])
def test_what_is_deleted_stays_deleted(browser: Client, registered: Endpoint, meanwhile: Any, first: str) -> None:
    """The first act took so long that its turn was over, and the endpoint was deleted in the next."""

    def delete() -> None:
        Endpoint.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        act(browser, registered, "deletion", name=registered.name, confirm=registered.name)

    meanwhile(changing, delete)
    page = act(browser, registered, first)
    assert registered.state == Endpoint.State.DELETED
    assert not SigningSecret.objects.filter(endpoint=registered).exists()
    assert "It took too long" in page


def test_nobody_finishes_what_is_being_registered(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox, meanwhile: Any
) -> None:
    pages = []
    meanwhile(registering, lambda: pages.append(act(browser, Endpoint.objects.get(), "finish")))
    register(browser, key)
    assert [refused(page) for page in pages] == [True]
    endpoint = Endpoint.objects.get()
    assert (endpoint.state, endpoint.rivya_id) == ("active", at_rivya(sandbox)[0]["id"])
    assert SigningSecret.objects.filter(endpoint=endpoint).count() == 1


def test_a_turn_whose_process_died_is_over_after_its_lease(browser: Client, registered: Endpoint) -> None:
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    Endpoint.objects.update(lease="0b0f6a2e-0000-4000-8000-000000000000", leased_until=until)
    assert refused(act(browser, registered, "pause"))
    Endpoint.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert not refused(act(browser, registered, "pause"))
    assert registered.state == Endpoint.State.PAUSED

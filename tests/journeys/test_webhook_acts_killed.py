"""`kill -9` of the web process amid an act on an endpoint: Rivya has done it, and its answer is not stored."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.journeys import books
from tests.journeys.submitting import Person, seeded
from tests.stack import Stack, eventually

BUSY = "Another act on this endpoint is still at Rivya."
REGISTERING = {"method": "POST", "path": "/api/v1/webhooks"}
ROTATING = {"method": "POST", "path": "/api/v1/webhooks/*/rotate-secret"}
DELETING = {"method": "DELETE", "path": "/api/v1/webhooks/*"}
LEASE_IS_OVER = """
from datetime import timedelta
from django.utils import timezone
from console.webhooks.models import Endpoint
long_ago = timezone.now() - timedelta(seconds=1)
Endpoint.objects.exclude(lease=None).update(leased_until=long_ago, read_at=None)
"""


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    stack.control("PUT", "settings", {"allow_local_webhooks": True})
    with seeded(stack) as signed_in:
        yield signed_in


@pytest.fixture(autouse=True)
def nothing_left(stack: Stack, person: Person) -> Iterator[None]:
    """Every test begins without an endpoint, here and at Rivya."""
    yield
    stack.control("DELETE", "faults")
    if not stack.web.is_running:
        stack.web.start()
    end_lease(stack)
    for endpoint, name in kept(stack):
        act(person, f"/webhooks/{endpoint}/deletion/", name=name)
    assert at_rivya(stack) == []


def test_killed_while_registering_it_is_finished_as_the_one_endpoint(stack: Stack, person: Person) -> None:
    killed_amid(stack, person, REGISTERING, "/webhooks/new/", lambda: at_rivya(stack), **registration(stack))
    ((endpoint, _),) = kept(stack)
    page = f"/webhooks/{endpoint}/"
    assert "It is being registered" in look(person, page)
    assert BUSY in act(person, f"{page}finish/")
    assert BUSY in act(person, f"{page}deletion/", name="Production")
    end_lease(stack)
    assert "Not finished" in look(person, "/webhooks/")
    assert "Registering did not finish" in look(person, page)
    assert "is registered. Send a test" in act(person, f"{page}finish/")
    assert_the_one_is_believed(stack, person, page)


def test_killed_while_rotating_it_is_rotated_once_more(stack: Stack, person: Person) -> None:
    page = registered(stack, person)
    assert_the_one_is_believed(stack, person, page)
    (before,) = at_rivya(stack)
    killed_amid(stack, person, ROTATING, f"{page}rotation/", lambda: at_rivya(stack) != [before])
    assert "Its secret is being rotated" in look(person, page)
    assert BUSY in act(person, f"{page}rotation/")
    assert BUSY in act(person, f"{page}pause/")
    assert "it is not here yet" in act(person, f"{page}test/"), "signed with a secret that nobody here knows"
    end_lease(stack)
    assert "A rotation did not finish" in look(person, "/webhooks/")
    assert "A rotation did not finish" in look(person, page)
    assert "Rivya signs with a new secret" in act(person, f"{page}rotation/")
    assert "A rotation did not finish" not in look(person, page)
    assert_the_one_is_believed(stack, person, page)


def test_killed_while_deleting_it_is_deleted_once_more(stack: Stack, person: Person) -> None:
    page = registered(stack, person)
    killed_amid(stack, person, DELETING, f"{page}deletion/", lambda: not at_rivya(stack), name="Production")
    assert "It is being deleted" in look(person, page)
    assert BUSY in act(person, f"{page}deletion/", name="Production")
    end_lease(stack)
    assert "A deletion did not finish" in look(person, "/webhooks/")
    assert "Gone at Rivya" in look(person, f"{page}standing/")
    said = look(person, page)
    assert "Rivya does not have it any more" in said
    assert "Somebody removed it there" not in said
    assert "Production is deleted." in act(person, f"{page}deletion/", name="Production")
    assert (kept(stack), at_rivya(stack)) == ([], [])
    assert books.read(stack, "SELECT id FROM webhooks_signingsecret") == []


def test_killed_while_registering_it_can_be_deleted_as_well(stack: Stack, person: Person) -> None:
    killed_amid(stack, person, REGISTERING, "/webhooks/new/", lambda: at_rivya(stack), **registration(stack))
    ((endpoint, _),) = kept(stack)
    end_lease(stack)
    assert "Production is deleted." in act(person, f"/webhooks/{endpoint}/deletion/", name="Production")
    assert (kept(stack), at_rivya(stack)) == ([], [])


def killed_amid(
    stack: Stack, person: Person, call: dict[str, str], form: str, is_done: Callable[[], object], **values: str
) -> None:
    """Send the form; as soon as Rivya has done what it was asked, and says nothing, the web process is killed."""
    stack.control("POST", "faults", {"match": call, "fault": "hang", "when": "after"})
    sending = threading.Thread(target=_send_unanswered, args=(person, form, values))
    sending.start()
    try:
        eventually(is_done, within_seconds=30, every_seconds=0.02)
    finally:
        stack.web.kill()
        sending.join()
    stack.web.start()


def _send_unanswered(person: Person, form: str, values: dict[str, str]) -> None:
    with suppress(httpx.TransportError):
        act(person, form, **values)


def registration(stack: Stack) -> dict[str, str]:
    """What the form of a new endpoint is filled in with."""
    ((key,),) = books.read(stack, "SELECT id FROM keys_key")
    return {"name": "Production", "key": str(UUID(key))}


def registered(stack: Stack, person: Person) -> str:
    """A new endpoint; the path of its page."""
    assert "is registered. Send a test" in act(person, "/webhooks/new/", **registration(stack))
    ((endpoint, _),) = kept(stack)
    return f"/webhooks/{endpoint}/"


def assert_the_one_is_believed(stack: Stack, person: Person, page: str) -> None:
    """One endpoint stands at Rivya, it is ours, and what it signs we believe."""
    ((rivya_id,),) = books.read(stack, "SELECT rivya_id FROM webhooks_endpoint WHERE state = 'active'")
    assert [one["id"] for one in at_rivya(stack)] == [rivya_id]
    assert "The test arrived and was believed." in act(person, f"{page}test/")


def end_lease(stack: Stack) -> None:
    """The time of the act that died is over, and so is that of what was last read from Rivya."""
    stack.manage("shell", "--no-imports", "-c", LEASE_IS_OVER)


def kept(stack: Stack) -> list[tuple[UUID, str]]:
    """Id and name of every endpoint here that is not deleted."""
    rows = books.read(stack, "SELECT id, name FROM webhooks_endpoint WHERE state <> 'deleted'")
    return [(UUID(endpoint), name) for endpoint, name in rows]


def at_rivya(stack: Stack) -> list[Any]:
    """The endpoints that stand there, without what they have heard."""
    facts = ("id", "url", "status", "updated_at")
    there = [one for one in stack.sandbox_state()["endpoints"] if one["status"] != "revoked"]
    return [{name: one[name] for name in facts} for one in there]


def look(person: Person, path: str) -> str:
    """The page as somebody reads it."""
    answer = person.browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def act(person: Person, path: str, **values: str) -> str:
    """Press a button of the console; the page that comes of it, in plain characters."""
    page = person.browser.get("/webhooks/new/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    answer = person.browser.post(path, data=values | {"csrfmiddlewaretoken": token[1]})
    return answer.text.replace("&#x27;", "'")

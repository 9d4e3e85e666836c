"""A cause that is ignored: until when, in words and in deed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console.failures.models import Cause, Note
from console.projects.models import Project
from console.teams.models import User
from tests.failures.failing import fail
from tests.failures.test_desk_pages import cause, studio

__all__ = ["cause", "studio"]

pytestmark = pytest.mark.django_db


def test_an_ignored_cause_comes_back_after_its_day(browser_of: Any, studio: Project, cause: Cause, alice: User) -> None:
    until = timezone.now() + timedelta(days=3)
    browser_of(alice).post(f"/failures/{cause.pk}/ignoring/", {"until": until.date().isoformat()})
    fail(studio, alice, message="The worker gave up.")
    cause.refresh_from_db()
    assert cause.state == Cause.State.IGNORED
    with time_machine.travel(until + timedelta(days=1), tick=False):
        fail(studio, alice, message="The worker gave up.")
    cause.refresh_from_db()
    assert cause.state == Cause.State.OPEN


def test_an_ignored_cause_comes_back_after_so_many_more(
    browser_of: Any, studio: Project, cause: Cause, alice: User
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/ignoring/", {"more": "2"})
    states = []
    for _ in range(2):
        fail(studio, alice, message="The worker gave up.")
        cause.refresh_from_db()
        states.append(cause.state)
    assert states == [Cause.State.IGNORED, Cause.State.OPEN]


def test_an_ignored_cause_comes_back_when_it_happens_too_often(
    browser_of: Any, studio: Project, cause: Cause, alice: User
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/ignoring/", {"a_day": "2"})
    now, states = timezone.now(), []
    for hours in (10, 40, 41, 42):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            fail(studio, alice, message="The worker gave up.")
        cause.refresh_from_db()
        states.append(cause.state)
    assert states == [Cause.State.IGNORED] * 3 + [Cause.State.OPEN]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"more": "1"}, "until it fails once more"),
        ({"more": "1200"}, "until it fails 1,200 more times"),
        ({"a_day": "1"}, "until it fails more than once in a day"),
        ({"a_day": "3"}, "until it fails more than 3 times in a day"),
    ],
)
def test_the_page_says_until_when_a_cause_is_ignored(
    browser_of: Any, cause: Cause, alice: User, form: dict[str, str], words: str
) -> None:
    browser_of(alice).post(f"/failures/{cause.pk}/ignoring/", form)
    answer = browser_of(alice).get(f"/failures/{cause.pk}/")
    assert answer.context["row"].ignored_words == words == Note.objects.get().text
    assert words in answer.content.decode()


def test_an_ignored_cause_is_still_whose_it_was_when_it_is_back(
    browser_of: Any, studio: Project, cause: Cause, alice: User, bob: User
) -> None:
    client, address = browser_of(alice), f"/failures/{cause.pk}/"

    def ignored_then(back: Callable[[], Any]) -> tuple[str, User | None]:
        client.post(f"{address}ignoring/", {"more": "1"})
        cause.refresh_from_db()
        assert cause.state == Cause.State.IGNORED
        back()
        cause.refresh_from_db()
        return cause.state, cause.assigned_to

    client.post(f"{address}assignment/", {"person": str(bob.pk)})
    assert ignored_then(lambda: fail(studio, alice, message="The worker gave up.")) == (Cause.State.ASSIGNED, bob)
    assert ignored_then(lambda: client.post(f"{address}reopening/")) == (Cause.State.ASSIGNED, bob)
    client.post(f"{address}assignment/", {"person": ""})
    assert ignored_then(lambda: client.post(f"{address}reopening/")) == (Cause.State.OPEN, None)

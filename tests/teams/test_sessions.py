"""What a person is signed in with: seen, listed, ended at once."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from console.teams import last_seen
from console.teams.ending_sessions import end_sessions
from console.teams.models import User

pytestmark = pytest.mark.django_db


def key_of(browser: Client) -> str:
    return str(browser.session.session_key)


def is_in(browser: Client) -> bool:
    return browser.get("/people/").status_code == 200


def test_ending_sessions_takes_effect_at_the_next_request(alice: User, bob: User, browser_of: Any) -> None:
    laptop, phone, other = browser_of(alice), browser_of(alice), browser_of(bob)
    assert end_sessions(alice) == 2
    assert (is_in(laptop), is_in(phone), is_in(other)) == (False, False, True)
    assert end_sessions(alice) == 0


def test_the_session_that_asks_may_be_kept(alice: User, browser_of: Any) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    assert end_sessions(alice, but=key_of(laptop)) == 1
    assert (is_in(laptop), is_in(phone)) == (True, False)


def test_a_session_is_seen_where_it_was_used(alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    UserSession.objects.all().delete()
    last_seen._written.clear()
    browser.get("/people/", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Firefox")
    row = UserSession.objects.get()
    assert (row.session_key, row.user, row.ip, row.user_agent) == (key_of(browser), alice, "203.0.113.7", "Firefox")


def test_seeing_costs_a_write_in_five_minutes_only(alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    before = UserSession.objects.get().last_seen_at
    browser.get("/people/")
    assert UserSession.objects.get().last_seen_at == before
    last_seen._written[key_of(browser)] -= last_seen.EVERY_SECONDS
    browser.get("/people/")
    assert UserSession.objects.get().last_seen_at > before

"""What a person is signed in with: seen, listed, ended at once."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from console.teams import last_seen
from console.teams.browsers import browser_in_words
from console.teams.ending_sessions import end_sessions
from console.teams.models import Team, User
from console.teams.streaming import still_allowed

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


def test_the_page_lists_mine_and_ends_one(alice: User, bob: User, browser_of: Any) -> None:
    laptop, phone, other = browser_of(alice), browser_of(alice), browser_of(bob)
    shown = laptop.get("/account/sessions/").context["rows"]
    assert [each["is_this"] for each in shown] == [True, False]
    theirs = UserSession.objects.get(session_key=key_of(phone))
    assert other.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert is_in(phone)
    laptop.post(f"/account/sessions/{theirs.pk}/end/")
    assert (is_in(laptop), is_in(phone), is_in(other)) == (True, False, True)


def test_the_others_end_together(alice: User, browser_of: Any) -> None:
    laptop, phone, tablet = browser_of(alice), browser_of(alice), browser_of(alice)
    laptop.post("/account/sessions/")
    assert (is_in(laptop), is_in(phone), is_in(tablet)) == (True, False, False)


def test_a_stream_ends_with_its_session(alice: User, team: Team, browser_of: Any, rf: Any) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    request = rf.get("/live/")
    request.session = phone.session
    assert still_allowed(request, alice.pk, team.pk)
    laptop.post("/account/sessions/")
    assert not still_allowed(request, alice.pk, team.pk)


def test_a_new_password_ends_the_other_sessions(alice: User, team: Team, browser_of: Any, rf: Any) -> None:
    laptop, phone = browser_of(alice), browser_of(alice)
    request = rf.get("/live/")
    request.session = phone.session
    new = {"oldpassword": "correct horse battery", "password1": "a longer horse", "password2": "a longer horse"}
    laptop.post("/account/password/change/", new)
    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert not still_allowed(request, alice.pk, team.pk)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_as_its_person_would(told: str, words: str) -> None:
    assert browser_in_words(told) == words

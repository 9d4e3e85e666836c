"""Acts that can do harm ask again who is there; a sign-in counts for half an hour."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.support.models import Opening
from console.teams.access import PROVEN
from console.teams.models import Membership, Role, Team, User
from tests.audit.calls import TAKEN_AWAY

pytestmark = pytest.mark.django_db
ASK = "/account/reauthenticate/"
PASSWORD = "correct horse battery"
SOME_ID = "00000000-0000-4000-8000-000000000000"


def grow_old(browser: Client, minutes: int = 31) -> Client:
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - minutes * 60
    session.save()
    return browser


def asks(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer.headers["Location"].startswith(ASK))


@pytest.fixture
def old(alice: User, browser_of: Any) -> Client:
    return grow_old(browser_of(alice))


def test_an_old_sign_in_does_not_change_a_role(old: Client, bob: User) -> None:
    theirs = Membership.objects.get(user=bob)
    answer = old.post(
        reverse("teams:change_role", args=[theirs.pk]), {"role": "admin"}, HTTP_REFERER="http://testserver/people/?x=1"
    )
    assert answer.headers["Location"] == f"{ASK}?next=%2Fpeople%2F%3Fx%3D1"
    assert Membership.objects.get(user=bob).role == Role.MEMBER


def test_the_password_proves_it_and_leads_back(old: Client, bob: User) -> None:
    role = reverse("teams:change_role", args=[Membership.objects.get(user=bob).pk])
    page = old.post(role, {"role": "admin"}, HTTP_REFERER="http://testserver/people/", follow=True)
    assert "Nothing was done yet" in page.content.decode()
    wrong = old.post(f"{ASK}?next=/people/", {"password": "wrong", "next": "/people/"})
    assert wrong.status_code == 200
    assert asks(old.post(role, {"role": "admin"}))
    back = old.post(f"{ASK}?next=/people/", {"password": PASSWORD, "next": "/people/"})
    assert back.headers["Location"] == "/people/"
    old.post(role, {"role": "admin"})
    assert Membership.objects.get(user=bob).role == Role.ADMIN


def test_what_was_sent_is_not_kept_in_the_session(old: Client) -> None:
    old.post(reverse("keys:new"), {"secret": "rvya_sk_test_abcdefgh", "purpose": "x"})
    assert "rvya_sk_test_abcdefgh" not in str(dict(old.session))


def test_a_page_of_htmx_is_led_as_a_whole(old: Client) -> None:
    answer = old.post(
        reverse("keys:new"), {}, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/keys/new/"}
    )
    assert answer.headers["HX-Redirect"] == f"{ASK}?next=%2Fkeys%2Fnew%2F"
    assert answer.content == b""


@pytest.mark.parametrize("told", ["http://evil.example/people/", "//evil.example", "javascript:alert(1)", "x"])
def test_nobody_is_led_to_another_site(old: Client, told: str) -> None:
    location = old.post(reverse("keys:new"), {}, HTTP_REFERER=told).headers["Location"]
    assert "evil" not in location
    assert "alert" not in location


def test_half_an_hour_is_long_enough(alice: User, bob: User, browser_of: Any) -> None:
    browser = grow_old(browser_of(alice), minutes=29)
    browser.post(reverse("teams:change_role", args=[Membership.objects.get(user=bob).pk]), {"role": "admin"})
    assert Membership.objects.get(user=bob).role == Role.ADMIN


def test_a_proof_from_after_now_is_none(alice: User, bob: User, browser_of: Any) -> None:
    """The clock was set back by a day: how old the proof is by now, nobody knows."""
    browser = grow_old(browser_of(alice), minutes=-24 * 60)
    assert asks(browser.post(reverse("teams:suspend", args=[Membership.objects.get(user=bob).pk])))


def test_looking_never_asks(old: Client) -> None:
    for page in ("keys:index", "keys:new", "teams:people", "teams:settings", "webhooks:index", "audit:index"):
        assert old.get(reverse(page)).status_code == 200, page


def test_a_role_that_may_not_is_told_so_instead_of_being_asked(bob: User, browser_of: Any) -> None:
    assert grow_old(browser_of(bob)).post(reverse("keys:new"), {}).status_code == 403


@pytest.mark.parametrize("name", sorted(TAKEN_AWAY))
def test_taking_data_away_asks(old: Client, alice: User, name: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    arguments = {"jobs:bundle": [SOME_ID], "chat:export": [SOME_ID, "md"]}.get(name, [])
    assert asks(old.get(reverse(name, args=arguments)))


def test_opening_a_team_and_seeing_as_somebody_ask(old: Client, alice: User, bob: User, team: Team) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    opening = Opening.objects.create(team=team, staff=alice, reason="A ticket of the customer")
    assert asks(old.post("/admin/viewing/", {"opening": opening.pk, "person": bob.pk}))
    assert asks(old.post("/admin/openings/", {"team": team.pk, "reason": "A ticket of the customer"}))
    assert Opening.objects.count() == 1
    assert old.get("/admin/openings/").status_code == 200


def test_acts_that_ask_are_those_that_can_do_harm() -> None:
    assert {act.name for act in PROVEN} >= {
        "MANAGE_KEYS",
        "MANAGE_WEBHOOKS",
        "MANAGE_PEOPLE",
        "MANAGE_BUDGETS",
        "MANAGE_TEAM",
    }

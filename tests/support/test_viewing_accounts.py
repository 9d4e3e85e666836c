"""Whoever is looked through: their account is theirs alone, and the session stays the staff's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.support.models import Viewing
from console.support.viewing import COOKIE
from console.teams.models import User
from tests.support.conftest import Owned


def test_a_persons_sign_in_is_theirs_alone(seen: Client) -> None:
    for name in ("account_email", "account_change_password", "account_logout"):
        assert seen.get(reverse(name)).status_code == 403


def test_their_menu_offers_nothing_that_is_theirs_alone(seen: Client) -> None:
    page = seen.get("/").content.decode()
    assert "Their account and sign-in are theirs alone." in page
    assert reverse("account_logout") not in page
    assert reverse("usersessions_list") not in page


@pytest.mark.parametrize("door", ["account_logout", "admin:logout"])
def test_the_staff_sign_themselves_out_and_the_look_is_over(seen: Client, sue: User, owned: Owned, door: str) -> None:
    assert seen.post(reverse(door)).status_code in (200, 302)
    closed = AuditEvent.objects.get(act="session.closed")
    assert closed.actor_id == sue.pk
    ended = AuditEvent.objects.get(act="support.view_ended")
    assert (ended.team_id, ended.actor_id) == (owned.team.pk, sue.pk)
    assert Viewing.objects.get().ended_at
    assert COOKIE not in {name for name, cookie in seen.cookies.items() if cookie.value}
    assert seen.get("/").status_code == 302
    assert seen.get("/admin/").status_code == 302


def test_a_look_goes_on_in_the_browser_that_did_not_sign_out(seen: Client, sue: User, browser_of: Any) -> None:
    browser_of(sue).post(reverse("account_logout"))
    assert Viewing.objects.get().ended_at is None
    assert "You see what alice@example.com sees" in seen.get("/").content.decode()

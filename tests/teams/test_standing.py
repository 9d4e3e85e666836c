"""Suspending, letting in again, handing the ownership over; and what ends with a membership."""

from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.teams.access import MAY, Act
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db


def member(team: Team, role: str, name: str) -> Membership:
    return Membership.objects.get(user=make_user(name, team, role))


def act(client: Client, name: str, theirs: Membership) -> int:
    return client.post(reverse(f"teams:{name}", args=[theirs.pk])).status_code


@pytest.mark.parametrize("mine", list(Role))
@pytest.mark.parametrize("theirs", list(Role))
def test_who_may_suspend_and_reinstate_whom(browser_of: Any, alice: User, team: Team, mine: str, theirs: str) -> None:
    asker, other = member(team, mine, "asker"), member(team, theirs, "other")
    client = browser_of(asker.user)
    allowed = mine == Role.OWNER or (mine == Role.ADMIN and theirs != Role.OWNER)
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert act(client, "suspend", other) == (302 if allowed else refused)
    other.refresh_from_db()
    assert (other.suspended_at is not None, other.suspended_by == asker.user) == (allowed, allowed)
    Membership.objects.filter(pk=other.pk).update(suspended_at=asker.joined_at)
    assert act(client, "reinstate", other) == (302 if allowed else refused)
    other.refresh_from_db()
    assert (other.suspended_at is None) == allowed
    assert AuditEvent.objects.filter(team_id=team.pk).count() == 2 * int(allowed)


def test_nobody_suspends_themselves(browser_of: Any, alice: User, team: Team) -> None:
    second = member(team, Role.OWNER, "second")
    assert act(browser_of(second.user), "suspend", second) == 422


def test_the_last_active_owner_stays(browser_of: Any, alice: User, team: Team) -> None:
    mine, second = alice.memberships.get(), member(team, Role.OWNER, "second")
    client = browser_of(alice)
    assert act(client, "suspend", second) == 302
    assert act(client, "remove", mine) == 422, "a suspended owner does not count"
    User.objects.filter(pk=second.user_id).update(is_active=False)
    Membership.objects.filter(pk=second.pk).update(suspended_at=None)
    assert act(client, "remove", mine) == 422, "nor one who may not sign in"
    User.objects.filter(pk=second.user_id).update(is_active=True)
    assert act(client, "remove", mine) == 302


def test_two_owners_who_suspend_each_other_leave_one(
    transactional_db: None, browser_of: Any, alice: User, team: Team
) -> None:
    mine, second = alice.memberships.get(), member(team, Role.OWNER, "second")
    pairs = [(browser_of(alice), second), (browser_of(second.user), mine)]

    def suspend(number: int) -> int:
        try:
            return act(pairs[number][0], "suspend", pairs[number][1])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(suspend, range(2)))
    assert Membership.objects.active().filter(team=team, role=Role.OWNER).count() == 1
    assert told in ([302, 302], [302, 404], [302, 422])


@pytest.mark.parametrize("mine", list(Role))
def test_only_an_owner_hands_the_team_over(browser_of: Any, alice: User, team: Team, mine: str) -> None:
    asker, other = member(team, mine, "asker"), member(team, Role.MEMBER, "other")
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert act(browser_of(asker.user), "transfer", other) == (302 if mine == Role.OWNER else refused)
    other.refresh_from_db()
    asker.refresh_from_db()
    assert (other.role, asker.role) == ((Role.OWNER, Role.ADMIN) if mine == Role.OWNER else (Role.MEMBER, mine))


def test_an_owner_is_asked_before_the_team_is_handed_over(browser_of: Any, alice: User, team: Team) -> None:
    client, other = browser_of(alice), member(team, Role.MEMBER, "other")
    address = reverse("teams:transfer", args=[other.pk])
    assert f'href="{address}"' in client.get(reverse("teams:people")).content.decode()
    asked = client.get(address).content.decode()
    assert "you become an admin" in asked
    assert f'action="{address}"' in asked
    other.refresh_from_db()
    assert other.role == Role.MEMBER
    assert client.get(reverse("teams:transfer", args=[alice.memberships.get().pk])).status_code == 422


def test_a_team_is_not_handed_to_oneself_nor_to_whoever_is_out(browser_of: Any, alice: User, team: Team) -> None:
    client, other = browser_of(alice), member(team, Role.MEMBER, "other")
    assert act(client, "transfer", alice.memberships.get()) == 422
    act(client, "suspend", other)
    assert act(client, "transfer", other) == 422


@pytest.mark.parametrize("name", ["suspend", "remove"])
def test_whoever_is_in_no_team_any_more_is_signed_out_at_once(
    browser_of: Any, alice: User, team: Team, bob: User, name: str
) -> None:
    theirs: Client = browser_of(bob)
    theirs.get(reverse("teams:people"))
    assert act(browser_of(alice), name, bob.memberships.get()) == 302
    assert theirs.get("/").headers["Location"].startswith(reverse("account_login"))


def test_whoever_is_in_another_team_stays_signed_in_and_sees_that_one(
    browser_of: Any, alice: User, team: Team, bob: User
) -> None:
    second = make_team(bob, name="The other one")
    theirs: Client = browser_of(bob)
    theirs.post(reverse("teams:switch", args=[team.pk]))
    act(browser_of(alice), "suspend", Membership.objects.get(user=bob, team=team))
    assert theirs.get(reverse("teams:people")).context["team"] == second


def test_an_admin_finds_no_acts_on_owners_and_no_role_to_give_away(browser_of: Any, alice: User, team: Team) -> None:
    page = browser_of(member(team, Role.ADMIN, "ada").user).get(reverse("teams:people")).content.decode()
    mine = alice.memberships.get()
    for name in ("change_role", "suspend", "remove", "transfer"):
        assert reverse(f"teams:{name}", args=[mine.pk]) not in page
    assert '<option value="owner"' not in page


def test_who_is_suspended_from_every_team_reads_so(browser_of: Any, alice: User, team: Team) -> None:
    other = member(team, Role.MEMBER, "other")
    elsewhere = Membership.objects.create(
        user=other.user, team=make_team(make_user("erin"), name="Elsewhere"), role="viewer"
    )
    act(browser_of(alice), "suspend", other)
    client = browser_of(other.user)
    assert client.get(reverse("teams:none")).headers["Location"] == reverse("home"), "still in the other one"
    Membership.objects.filter(pk=elsewhere.pk).update(suspended_at=other.joined_at)
    page = client.get(reverse("teams:none")).content.decode()
    assert "You are suspended" in page
    assert "Your teams have suspended you" in page
    assert "in no team yet" not in page
    assert team.name not in unescape(page), "nothing of a team that is closed to them"

"""Joining: what the page shows, who may press the button, and that a link works once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.projects.models import Project
from console.teams.models import Invitation, Membership, Role, Team, User
from tests.audit.test_every_change import lines_refused
from tests.factories import make_invitation, make_project, make_user

pytestmark = pytest.mark.django_db
LINK = "/join/token-of-dana@example.com/"


@pytest.fixture
def dana(db: None) -> User:
    return make_user("dana")


def followed(client: Client) -> Client:
    assert client.get(LINK).headers["Location"] == "/join/"
    return client


def test_the_page_says_what_one_joins_before_one_says_yes(client: Client, team: Team, alice: User) -> None:
    project = make_project(team, name="Spring launch")
    make_project(team, name="Secret plans")
    make_invitation(team, by=alice, role=Role.VIEWER, projects=[str(project.pk)])
    page = followed(client).get("/join/").content.decode()
    for word in (str(team).replace("'", "&#x27;"), "Viewer", "Spring launch", "Alice", "d…@example.com"):
        assert word in page
    assert "Secret plans" not in page
    assert "dana@example.com" not in page
    assert "Make your account" in page
    assert "Only d…@example.com can join by this link" in page
    make_user("dana")
    assert "Sign in to join" in client.get("/join/").content.decode()


def test_a_member_joins_with_the_role_and_the_projects_chosen(
    browser_of: Any, team: Team, alice: User, dana: User
) -> None:
    chosen, other = make_project(team), make_project(team)
    make_invitation(team, by=alice, projects=[str(chosen.pk)])
    client = followed(browser_of(dana))
    assert not Membership.objects.filter(user=dana).exists(), "looking changes nothing"
    assert client.post("/join/").headers["Location"] == "/"
    mine = Membership.objects.get(user=dana)
    assert (mine.role, mine.all_projects, mine.team) == (Role.MEMBER, False, team)
    assert list(Project.objects.visible_to(dana)) == [chosen]
    assert client.get(reverse("projects:show", args=[other.pk])).status_code == 404
    assert set(Project.objects.visible_to(alice)) == {chosen, other}
    line = AuditEvent.objects.get(act="member.joined")
    assert (line.actor_id, line.team_id, line.after["invited_by"]) == (dana.pk, team.pk, "alice@example.com")


def test_a_link_works_once(browser_of: Any, team: Team, alice: User, dana: User) -> None:
    make_invitation(team, by=alice)
    client = followed(browser_of(dana))
    assert [client.post("/join/").status_code for _ in range(2)] == [302, 404]
    assert client.get(LINK).status_code == 404


def test_unknown_used_revoked_and_expired_links_look_alike(client: Client, team: Team, alice: User) -> None:
    now = timezone.now()
    for name, ended in (
        ("used", {"accepted_at": now}), ("revoked", {"revoked_at": now}), ("old", {"expires_at": now - timedelta(1)})
    ):  # fmt: skip
        make_invitation(team, f"{name}@example.com", by=alice, **ended)
    answers = [client.get(f"/join/token-of-{name}@example.com/") for name in ("used", "revoked", "old", "none")]
    told = [re.sub(r"[A-Za-z0-9]{64}", "TOKEN", answer.content.decode()) for answer in answers]
    assert {answer.status_code for answer in answers} == {404}
    assert set(told) == {told[0]}


def test_somebody_else_is_told_so_and_cannot_join(browser_of: Any, team: Team, alice: User, charlie: User) -> None:
    make_invitation(team, by=alice)
    client = followed(browser_of(charlie))
    page = client.get("/join/").content.decode()
    assert "This invitation is for d…@example.com" in page
    assert "dana@example.com" not in page
    assert client.post("/join/").status_code == 403
    assert Invitation.objects.open().exists()
    assert not Membership.objects.filter(user=charlie, team=team).exists()


@pytest.mark.parametrize("verified", [True, False])
def test_a_further_address_counts_once_it_is_confirmed(
    browser_of: Any, team: Team, alice: User, charlie: User, verified: bool
) -> None:
    make_invitation(team, by=alice)
    EmailAddress.objects.create(user=charlie, email="dana@example.com", verified=verified)
    assert followed(browser_of(charlie)).post("/join/").status_code == (302 if verified else 403)


def test_whoever_is_let_in_no_more_is_told_so_before_they_make_an_account(
    client: Client, browser_of: Any, team: Team, alice: User, dana: User
) -> None:
    make_invitation(team, by=alice)
    Team.objects.filter(pk=team.pk).update(sign_in_domains=["example.org", "example.net"])
    for browser in (client, browser_of(dana)):
        page = followed(browser).get("/join/").content.decode()
        assert "lets in only addresses of example.org or example.net." in page
        assert reverse("account_signup") not in page
        assert "Join the team" not in page
    refused = followed(browser_of(dana)).post("/join/")
    assert refused.status_code == 403
    assert "lets in only addresses of" in refused.content.decode()
    assert Invitation.objects.open().exists()


def test_nobody_joins_signed_out(client: Client, team: Team, alice: User) -> None:
    make_invitation(team, by=alice)
    assert followed(client).post("/join/").status_code == 200
    assert Invitation.objects.open().exists()


def test_whoever_is_suspended_does_not_come_back_by_an_invitation(
    browser_of: Any, team: Team, alice: User, dana: User
) -> None:
    make_invitation(team, by=alice, role=Role.OWNER)
    Membership.objects.create(team=team, user=dana, role=Role.VIEWER, suspended_at=timezone.now())
    assert followed(browser_of(dana)).post("/join/").status_code == 404
    assert Membership.objects.get(user=dana).role == Role.VIEWER
    assert Invitation.objects.get().accepted_at is None


def test_an_invitation_takes_nothing_from_whoever_is_in_already(browser_of: Any, team: Team, alice: User) -> None:
    make_invitation(team, "alice@example.com", role=Role.VIEWER)
    client = browser_of(alice)
    client.get("/join/token-of-alice@example.com/")
    assert client.post("/join/").status_code == 302
    assert Membership.objects.get(user=alice).role == Role.OWNER


def test_nobody_joins_without_a_line(browser_of: Any, team: Team, alice: User, dana: User) -> None:
    make_invitation(team, by=alice)
    client = followed(browser_of(dana))
    client.raise_request_exception = False
    with lines_refused():
        assert client.post("/join/").status_code in (500, 503)
    assert not Membership.objects.filter(user=dana).exists()
    assert Invitation.objects.open().exists()


def test_of_many_clicks_and_a_revocation_one_wins(
    transactional_db: None, browser_of: Any, team: Team, alice: User, dana: User
) -> None:
    invitation = make_invitation(team, by=alice)
    clicks = [followed(browser_of(dana)) for _ in range(4)]
    owner = browser_of(alice)

    def act(number: int) -> int:
        try:
            if number < 4:
                return int(clicks[number].post("/join/").status_code)
            return int(owner.post(reverse("teams:revoke", args=[invitation.pk])).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as all_at_once:
        told = list(all_at_once.map(act, range(5)))
    invitation.refresh_from_db()
    joined = Membership.objects.filter(user=dana).count()
    assert (invitation.accepted_at is None) == (invitation.revoked_at is not None)
    assert joined == int(invitation.accepted_at is not None)
    assert sorted(told) == ([302, 404, 404, 404, 422] if joined else [302, 404, 404, 404, 404])

"""Inviting: who may invite to what, what is mailed, and how an invitation is sent again or revoked."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.teams import inviting
from console.teams.access import MAY, Act
from console.teams.inviting import hashed
from console.teams.models import Invitation, Membership, Role, Team, User
from tests.factories import make_invitation, make_project, make_user

pytestmark = pytest.mark.django_db
MAY_INVITE_TO = {Role.OWNER: set(Role), Role.ADMIN: {Role.ADMIN, Role.MEMBER, Role.VIEWER}}


def invite(client: Client, addresses: str = "dana@example.com", role: str = Role.MEMBER, **more: Any) -> Any:
    return client.post(reverse("projects:invite"), {"addresses": addresses, "role": role, **more})


def token_of(message: Any) -> str:
    found = re.search(r"/join/([\w-]+)/", message.body)
    assert found
    return found.group(1)


@pytest.mark.parametrize("mine", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_invites_to_more_than_they_have(browser_of: Any, team: Team, mine: str, role: str) -> None:
    status = invite(browser_of(make_user("asker", team, mine)), role=role).status_code
    allowed = role in MAY_INVITE_TO.get(Role(mine), set())
    refused = 422 if mine in MAY[Act.MANAGE_PEOPLE] else 403
    assert status == (302 if allowed else refused)
    assert [Invitation.objects.count(), len(mail.outbox)] == [int(allowed)] * 2


@pytest.mark.parametrize(
    "now", [{"role": Role.VIEWER}, {"suspended_at": timezone.now()}, None], ids=["viewer", "suspended", "gone"]
)
def test_a_role_that_was_taken_in_this_moment_invites_nobody(team: Team, rf: Any, now: dict[str, Any] | None) -> None:
    """The role let the request in; who took it away has revoked what was made with it, and nothing may come after."""
    request = rf.post(reverse("projects:invite"))
    request.user = make_user("ann", team, Role.ADMIN)
    request.team, request.membership = team, Membership.objects.get(user=request.user)
    theirs = Membership.objects.filter(user=request.user)
    if now:
        theirs.update(**now)
    else:
        theirs.delete()
    with pytest.raises(PermissionDenied):
        inviting.invite(["ann2@example.com"], inviting.Wish(Role.ADMIN), request)
    assert not Invitation.objects.exists()


def test_several_are_invited_at_once_each_by_a_mail_of_their_own(browser_of: Any, team: Team, alice: User) -> None:
    assert (
        invite(browser_of(alice), "Dana@Example.com, eve@example.com\nfay@example.com; dana@example.com").status_code
        == 302
    )
    assert [message.to for message in mail.outbox] == [["dana@example.com"], ["eve@example.com"], ["fay@example.com"]]
    first = mail.outbox[0]
    assert first.subject == "[Rivya Team Console] Alice invites you to Alice's team"
    assert "as member" in first.body
    made = Invitation.objects.get(email="dana@example.com")
    assert made.token_hash == hashed(token_of(first))
    assert token_of(first) not in str(list(AuditEvent.objects.values_list("before", "after", "object_label")))
    page = browser_of(alice).get(reverse("teams:people")).content.decode()
    assert "3 open invitations" in page
    assert "dana@example.com" in page


@pytest.mark.parametrize(
    ("addresses", "says"),
    [
        ("", "required"),
        ("dana", "is not an email address"),
        ("dana@example.com, @", "is not an email address"),
        ("bob@example.com", "in the team already"),
        (" ".join(f"p{number}@example.com" for number in range(21)), "At most 20"),
        ("dana@example.com" * 500, "at most 6000"),
    ],
)
def test_what_cannot_be_invited_is_told_and_nobody_is(
    browser_of: Any, alice: User, bob: User, addresses: str, says: str
) -> None:
    answer = invite(browser_of(alice), addresses)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Invitation.objects.exists()


def test_another_teams_project_cannot_be_given(browser_of: Any, team: Team, alice: User, charlie: User) -> None:
    theirs = make_project(charlie.memberships.get().team)
    assert invite(browser_of(alice), projects=[str(theirs.pk)]).status_code == 422
    mine = make_project(team)
    assert invite(browser_of(alice), projects=[str(mine.pk)]).status_code == 302
    assert Invitation.objects.get().projects == [str(mine.pk)]


def test_who_is_asked_again_has_one_invitation_and_one_link(browser_of: Any, alice: User, client: Client) -> None:
    client_of_alice = browser_of(alice)
    invite(client_of_alice, role=Role.MEMBER)
    invite(client_of_alice, role=Role.VIEWER)
    assert Invitation.objects.get().role == Role.VIEWER
    statuses = [client.get(f"/join/{token_of(message)}/").status_code for message in mail.outbox]
    assert statuses == [404, 302]


def test_sending_again_kills_the_old_link(browser_of: Any, team: Team, alice: User, client: Client) -> None:
    invitation = make_invitation(team, by=alice)
    assert client.get("/join/token-of-dana@example.com/").status_code == 302
    assert browser_of(alice).post(reverse("teams:send_again", args=[invitation.pk])).status_code == 302
    assert client.get("/join/token-of-dana@example.com/").status_code == 404
    assert client.get("/join/").status_code == 404, "also where the old link was followed before"
    assert client.get(f"/join/{token_of(mail.outbox[0])}/").status_code == 302


def test_a_mail_is_sent_again_three_times_an_hour(browser_of: Any, team: Team, alice: User) -> None:
    path = reverse("teams:send_again", args=[make_invitation(team, by=alice).pk])
    assert [browser_of(alice).post(path).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_an_invitation_to_an_address_that_is_let_in_no_more_is_not_sent_again(
    browser_of: Any, team: Team, alice: User
) -> None:
    invitation, client = make_invitation(team, by=alice), browser_of(alice)
    assert "Not let in" not in client.get(reverse("teams:people")).content.decode()
    Team.objects.filter(pk=team.pk).update(sign_in_domains=["xn--bcher-kva.example"])
    assert "Not let in" in client.get(reverse("teams:people")).content.decode()
    answer = client.post(reverse("teams:send_again", args=[invitation.pk]))
    assert answer.status_code == 422
    assert "lets in only addresses of bücher.example." in answer.content.decode()
    assert not mail.outbox


def test_a_revoked_invitation_is_dead(browser_of: Any, team: Team, alice: User, client: Client) -> None:
    path = reverse("teams:revoke", args=[make_invitation(team, by=alice).pk])
    assert [browser_of(alice).post(path).status_code for _ in range(2)] == [302, 422]
    assert client.get("/join/token-of-dana@example.com/").status_code == 404
    assert AuditEvent.objects.get().act == "invitation.revoked"


@pytest.mark.parametrize("act", ["send_again", "revoke"])
def test_an_admin_leaves_an_owners_invitation_alone(browser_of: Any, team: Team, alice: User, act: str) -> None:
    invitation = make_invitation(team, by=alice, role=Role.OWNER)
    admin = browser_of(make_user("ada", team, Role.ADMIN))
    assert admin.post(reverse(f"teams:{act}", args=[invitation.pk])).status_code == 422
    assert invite(admin, invitation.email).status_code == 422
    assert Invitation.objects.get().role == Role.OWNER


def test_invitations_end_with_the_role_that_made_them(browser_of: Any, team: Team, alice: User) -> None:
    ada = make_user("ada", team, Role.ADMIN)
    make_invitation(team, by=ada)
    kept = make_invitation(team, "eve@example.com", by=alice)
    theirs = Membership.objects.get(user=ada)
    browser_of(alice).post(reverse("teams:change_role", args=[theirs.pk]), {"role": Role.MEMBER})
    assert list(Invitation.objects.open()) == [kept]


def test_a_mail_server_that_is_away_is_told(browser_of: Any, alice: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client = browser_of(alice)
    assert invite(client).status_code == 302
    page = client.get(reverse("teams:people")).content.decode()
    assert "No mail went out to dana@example.com" in page
    assert Invitation.objects.open().count() == 1, "it can be sent again"


def test_a_form_beyond_the_days_mails_sends_none_and_leaves_them(
    browser_of: Any, alice: User, team: Team, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.INVITATIONS_A_DAY = 3
    browser = browser_of(alice)
    answer = invite(browser, "a@example.com, b@example.com, c@example.com, d@example.com")
    assert answer.status_code == 429
    assert "may mail 3 invitations a day, and fewer than 4 are left" in answer.content.decode()
    assert (len(mailoutbox), team.invitations.count()) == (0, 0)
    assert invite(browser, "a@example.com, b@example.com, c@example.com").status_code == 302
    assert len(mailoutbox) == 3
    assert invite(browser, "d@example.com").status_code == 429

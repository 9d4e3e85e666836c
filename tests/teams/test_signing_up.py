"""Signing up: by invitation or open, with an address that is confirmed, and without telling who is here."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.teams.models import Membership, Role, Team, User
from tests.audit.test_every_change import lines_refused
from tests.factories import make_invitation, make_user

pytestmark = pytest.mark.django_db
SIGN_UP = "/account/signup/"
NO_TEAM, BEGIN = "/teams/none/", "/teams/none/team/"
WHO = {"name": "Dana Miller", "email": "dana@example.com", "password1": "a long horse battery"}


@pytest.fixture
def is_open(settings: Any) -> None:
    settings.SIGNUP = "open"


def test_closed_sign_up_says_how_to_get_in_and_makes_nobody(client: Client, db: None) -> None:
    assert "Ask an owner or admin of your team to invite you" in client.get(SIGN_UP).content.decode()
    client.post(SIGN_UP, WHO)
    assert not User.objects.exists()


def test_an_invitation_opens_the_door_for_its_address_alone(client: Client, team: Team, alice: User) -> None:
    make_invitation(team, by=alice)
    client.get("/join/token-of-dana@example.com/")
    page = client.get(f"{SIGN_UP}?next=/join/").content.decode()
    assert "dana@example.com" in page
    answer = client.post(SIGN_UP, WHO | {"email": "mallory@example.com", "next": "/join/"})
    assert answer.headers["Location"] == "/join/", "signed in, and back where one joins"
    person = User.objects.get(email="dana@example.com")
    assert person.name == "Dana Miller"
    assert EmailAddress.objects.get(user=person).verified
    assert mail.outbox == [], "the mail of the invitation proved the address"
    assert not Membership.objects.filter(user=person).exists(), "joining is asked"
    assert client.post("/join/").headers["Location"] == "/"
    assert Membership.objects.get(user=person).team == team
    assert AuditEvent.objects.get(act="person.created").after["by"] == "an invitation"


def test_an_ended_invitation_closes_the_door_again(client: Client, team: Team, alice: User) -> None:
    invitation = make_invitation(team, by=alice)
    client.get("/join/token-of-dana@example.com/")
    type(invitation).objects.update(revoked_at=invitation.sent_at)
    client.post(SIGN_UP, WHO)
    assert not User.objects.filter(email="dana@example.com").exists()


@pytest.mark.parametrize(("typed", "named"), [("Studio Nord", "Studio Nord"), ("", "Dana Miller's team")])
def test_open_sign_up_makes_a_team_and_asks_for_the_address(
    client: Client, is_open: None, typed: str, named: str
) -> None:
    answer = client.post(SIGN_UP, WHO | {"team_name": typed})
    assert answer.headers["Location"] == reverse("account_email_verification_sent")
    mine = Membership.objects.get(user__email="dana@example.com")
    assert (mine.role, mine.team.name) == (Role.OWNER, named)
    assert client.get("/").headers["Location"].startswith(reverse("account_login")), "not before it is confirmed"
    assert client.post("/account/login/", {"login": WHO["email"], "password": WHO["password1"]}).status_code == 302
    assert client.get("/").status_code == 302, "nor by signing in"
    link = re.search(r"/account/confirm-email/\S+/", str(mail.outbox[0].body))
    assert link
    assert client.post(str(link.group())).status_code == 302
    assert EmailAddress.objects.get(email="dana@example.com").verified
    told = list(AuditEvent.objects.order_by("at").values_list("act", flat=True))
    assert {"person.created", "team.created", "member.added", "address.confirmed"} <= set(told)


def test_who_has_just_chosen_a_password_is_not_asked_for_it_again(client: Client, is_open: None) -> None:
    client.post(SIGN_UP, WHO)
    link = re.search(r"/account/confirm-email/\S+/", str(mail.outbox[0].body))
    assert link
    client.post(str(link.group()))
    answer = client.post(reverse("keys:new"), {"secret": "no key", "purpose": "Pictures"})
    assert answer.status_code == 422, "the guide's first act: looked at, and not led away to a proof"


@pytest.mark.parametrize(("typed", "named"), [("Studio Nord", "Studio Nord"), ("  ", "Dana's team")])
def test_who_is_in_no_team_begins_one_where_sign_up_is_open(
    browser_of: Any, db: None, is_open: None, typed: str, named: str
) -> None:
    browser = browser_of(make_user("dana"))
    assert "Begin a team of your own" in browser.get(NO_TEAM).content.decode()
    assert browser.post(BEGIN, {"name": typed}).headers["Location"] == "/"
    mine = Membership.objects.get(user__email="dana@example.com")
    assert (mine.role, mine.team.name) == (Role.OWNER, named)
    told = set(AuditEvent.objects.filter(team_id=mine.team_id).values_list("act", flat=True))
    assert told == {"team.created", "member.added"}
    assert browser.get("/").status_code == 200
    browser.post(BEGIN, {"name": "A second one"})
    assert Team.objects.count() == 1, "who is in a team is led to it"


def test_who_is_suspended_begins_one_as_well(browser_of: Any, team: Team, is_open: None) -> None:
    dana = make_user("dana")
    Membership.objects.create(team=team, user=dana, role=Role.MEMBER, suspended_at=timezone.now())
    assert browser_of(dana).post(BEGIN, {"name": "Mine"}).status_code == 302
    assert Membership.objects.active().get(user=dana).team.name == "Mine"


def test_a_name_that_is_too_long_is_said_where_it_is_typed(browser_of: Any, db: None, is_open: None) -> None:
    answer = browser_of(make_user("dana")).post(BEGIN, {"name": "x" * 81})
    assert (answer.status_code, "at most 80 characters" in answer.content.decode()) == (422, True)
    assert not Team.objects.exists()


def test_nobody_begins_a_team_where_people_come_by_invitation(browser_of: Any, db: None) -> None:
    browser = browser_of(make_user("dana"))
    assert BEGIN not in browser.get(NO_TEAM).content.decode()
    refused = browser.post(BEGIN, {"name": "Mine"})
    assert (refused.status_code, "teams are made by who runs it" in refused.content.decode()) == (403, True)
    assert not Team.objects.exists()


def test_no_team_begins_without_a_line(browser_of: Any, db: None, is_open: None) -> None:
    browser = browser_of(make_user("dana"))
    browser.raise_request_exception = False
    with lines_refused():
        assert browser.post(BEGIN, {"name": "Mine"}).status_code in (500, 503)
    assert not Team.objects.exists()


def test_whoever_asks_for_a_password_without_an_account_is_told_in_our_words(client: Client, db: None) -> None:
    make_user("dana")
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": email}) for email in (WHO["email"], "eve@example.com")
    )
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    reset, nothing = mail.outbox
    assert "/account/reset/" in str(reset.body) or "/password/reset/" in str(reset.body)
    assert "No account has it" in str(nothing.body)
    assert "http" not in str(nothing.body), "no way to an account that nobody may make"


def test_a_taken_address_is_answered_like_a_free_one(client: Client, is_open: None) -> None:
    make_user("dana")
    free, taken = (Client().post(SIGN_UP, WHO | {"email": email}) for email in ("eve@example.com", "dana@example.com"))
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert User.objects.count() == 2
    assert Team.objects.count() == 1
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["eve@example.com"], "[Rivya Team Console] Confirm your address"),
        (["dana@example.com"], "[Rivya Team Console] You have an account already"),
    ]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "dana"}, {"password1": "short"}, {"name": "x" * 121}])
def test_a_form_that_is_wrong_makes_nobody(client: Client, is_open: None, wrong: dict[str, str]) -> None:
    assert client.post(SIGN_UP, WHO | wrong).status_code == 200
    assert not User.objects.exists()


def test_nobody_signs_up_without_a_line(client: Client, is_open: None) -> None:
    client.raise_request_exception = False
    with lines_refused():
        assert client.post(SIGN_UP, WHO).status_code in (500, 503)
    assert not User.objects.exists()
    assert not Team.objects.exists()


def test_a_browser_signs_up_so_many_times_a_minute(client: Client, is_open: None) -> None:
    answers = [client.post(SIGN_UP, WHO | {"email": "x"}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert "Wait a few minutes, then try again." in answers[-1].content.decode()
    assert answers[-1].headers["Retry-After"] == "60"


def test_people_made_by_those_who_run_the_console_need_no_mail(client: Client, db: None) -> None:
    make_user("dana")
    answer = client.post("/account/login/", {"login": "dana@example.com", "password": "correct horse battery"})
    assert answer.headers["Location"] == "/"
    assert mail.outbox == []

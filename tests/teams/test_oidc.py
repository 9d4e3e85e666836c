"""Who the identity server signs in as whom: links are made by addresses that both sides have confirmed."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from console.audit.models import AuditEvent
from console.teams.models import Team, User
from tests.factories import make_invitation
from tests.journeys.identity import CLIENT_ID, CLIENT_SECRET, Identity, identity_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def identity(settings: Any) -> Iterator[Identity]:
    with identity_server() as server:
        app = {"provider_id": "oidc", "name": "Test", "client_id": CLIENT_ID, "secret": CLIENT_SECRET}
        app["settings"] = {"server_url": server.url}  # type: ignore[assignment]
        settings.OIDC_ISSUER, settings.OIDC_NAME = server.url, "Test"
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        yield server


def through(identity: Identity, browser: Client, process: str = "login", after: str = "/people/", ask: str = "") -> Any:
    """The way of the browser: the button, the server's page, and back."""
    sent = browser.post(f"/account/sign-in-with/oidc/login/{ask}", {"process": process, "next": after})
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    back = urlsplit(identity.redirect({name: values[0] for name, values in asked.items()}))
    return browser.get(f"{back.path}?{back.query}")


def is_in(browser: Client) -> bool:
    return browser.get("/people/").status_code == 200


@pytest.mark.parametrize("theirs", [True, False, "true", "false", None])
@pytest.mark.parametrize("ours", [True, False, None])
def test_an_account_is_linked_only_when_both_have_the_address_confirmed(
    identity: Identity, alice: User, theirs: object, ours: bool | None
) -> None:
    EmailAddress.objects.filter(user=alice).update(verified=bool(ours))
    if ours is None:
        EmailAddress.objects.filter(user=alice).delete()
    identity.claims = {"sub": "1", "email": alice.email, "email_verified": theirs}
    browser = Client()
    through(identity, browser)
    expected = ours is True and theirs in (True, "true")
    assert (is_in(browser), SocialAccount.objects.filter(user=alice).exists()) == (expected, expected)
    assert User.objects.get(pk=alice.pk).check_password("correct horse battery")


def test_who_is_linked_is_known_by_the_id_whatever_the_address(identity: Identity, alice: User) -> None:
    SocialAccount.objects.create(user=alice, provider="oidc", uid="1")
    identity.claims = {"sub": "1", "email": "other@example.com", "email_verified": True}
    browser = Client()
    assert through(identity, browser).headers["Location"] == "/people/"
    assert is_in(browser)
    assert AuditEvent.objects.filter(act="session.opened", actor_id=alice.pk).exists()


def test_a_second_step_is_asked_here_as_well(identity: Identity, alice: User) -> None:
    from tests.keys.test_second_steps import with_app

    with_app(alice)
    SocialAccount.objects.create(user=alice, provider="oidc", uid="1")
    identity.claims = {"sub": "1", "email": alice.email, "email_verified": True}
    browser = Client()
    assert through(identity, browser).headers["Location"].startswith("/account/second-steps/authenticate/")
    assert not is_in(browser)


def test_strangers_follow_the_rule_of_sign_up(identity: Identity, db: None) -> None:
    identity.claims = {"sub": "9", "email": "nobody@example.com", "email_verified": True}
    assert "Accounts come by invitation" in through(identity, Client()).content.decode()
    assert not User.objects.exists()


def test_an_invited_stranger_comes_in_with_the_invited_address_only(
    identity: Identity, alice: User, team: Team, client: Client
) -> None:
    make_invitation(team, "dana@example.com", by=alice)
    for address in ("eve@example.com", "dana@example.com"):
        client.get("/join/token-of-dana@example.com/")
        identity.claims = {"sub": address, "email": address, "email_verified": True}
        through(identity, client)
    assert list(User.objects.exclude(pk=alice.pk).values_list("email", flat=True)) == ["dana@example.com"]
    assert AuditEvent.objects.get(act="person.created", object_label="dana@example.com").after["by"] == "an invitation"
    assert client.post("/join/").status_code == 302
    assert team.memberships.filter(user__email="dana@example.com").exists()


def test_a_stranger_of_an_open_console_gets_a_team_of_their_own(identity: Identity, settings: Any, db: None) -> None:
    settings.SIGNUP = "open"
    identity.claims = {"sub": "9", "email": "nobody@example.com", "email_verified": True, "name": "Noor"}
    browser = Client()
    through(identity, browser)
    assert Team.objects.get().name == "Noor's team"
    assert is_in(browser)


ASKED = "?auth_params=prompt%3Dlogin%26max_age%3D0"


@pytest.fixture
def old(identity: Identity, alice: User, browser_of: Any) -> Client:
    """Alice, connected to the server, whose last proof is an hour old."""
    SocialAccount.objects.create(user=alice, provider="oidc", uid="1")
    identity.claims = {"sub": "1", "email": alice.email, "email_verified": True}
    return aged(browser_of(alice))


def aged(browser: Client) -> Client:
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()
    return browser


def without_password(person: User, browser: Client) -> None:
    person.set_unusable_password()
    person.save(update_fields=["password"])
    browser.force_login(person)  # their sessions ended with the password
    assert is_in(aged(browser))


def is_proven(browser: Client) -> bool:
    return browser.post("/team/", {}).status_code == 422


def test_somebody_without_a_password_proves_it_there(identity: Identity, alice: User, old: Client) -> None:
    browser = old
    without_password(alice, old)
    asked = browser.post("/team/", {}, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/account/sign-in-again/?next=")
    for uid, works in (("2", False), ("1", True)):
        identity.claims = {"sub": uid, "email": alice.email, "email_verified": True}
        through(identity, browser, "redirect", ask=ASKED)
        assert is_proven(browser) is works


@pytest.mark.parametrize("way", ["", ASKED])
def test_the_server_proves_nothing_for_people_who_have_something_else(
    identity: Identity, alice: User, old: Client, way: str
) -> None:
    through(identity, old, "redirect", ask=way)
    assert not is_proven(old)
    assert "your password or your second step" in old.get("/account/reauthenticate/").content.decode()
    from tests.keys.test_second_steps import with_app

    without_password(alice, old)
    with_app(alice)
    through(identity, old, "redirect", ask=way)
    assert not is_proven(old)


@pytest.mark.parametrize("at", [None, "now", True, 0, 9_999_999_999, [1]])
def test_a_server_that_asked_nobody_proves_nothing(identity: Identity, alice: User, old: Client, at: object) -> None:
    without_password(alice, old)
    identity.claims["auth_time"] = at
    through(identity, old, "redirect", ask=ASKED)
    assert not is_proven(old)


def test_a_browser_that_is_signed_in_there_proves_nothing_by_that(identity: Identity, alice: User, old: Client) -> None:
    without_password(alice, old)
    identity.away_seconds = 3600
    for process in ("redirect", "connect", "login"):
        through(identity, old, process)
        assert not is_proven(old), process
    assert is_in(old)
    assert "did not say that it asked you just now" not in old.get("/account/").content.decode()
    through(identity, old, "redirect", ask=ASKED)
    assert is_proven(old)


def test_a_sign_in_there_is_a_proof_when_the_server_asked(identity: Identity, old: Client) -> None:
    through(identity, old)
    assert is_proven(old)


@pytest.mark.parametrize("page", ["password/set/", "second-steps/totp/activate/", "second-steps/webauthn/add/"])
def test_an_old_session_does_not_get_itself_another_proof(alice: User, old: Client, page: str) -> None:
    without_password(alice, old)
    for answer in (old.get(f"/account/{page}"), old.post(f"/account/{page}", {})):
        assert answer.headers["Location"].startswith("/account/reauthenticate/?next=")


def test_an_answer_that_is_none_says_so(identity: Identity, db: None) -> None:
    answer = Client().get("/account/sign-in-with/oidc/login/callback/?code=x&state=y")
    assert "did not sign you in" in answer.content.decode()


def test_without_a_server_there_is_no_door(client: Client, db: None) -> None:
    assert client.post("/account/sign-in-with/oidc/login/").status_code == 404
    assert "Sign in with Test" not in client.get("/account/login/").content.decode()


def test_a_name_from_the_server_is_made_one_line(identity: Identity, db: None, settings: Any) -> None:
    settings.SIGNUP = "open"
    name = "Noor\r\n\r\nVisit\u202e x\ud800"
    identity.claims = {"sub": "9", "email": "nobody@example.com", "email_verified": True, "name": name}
    through(identity, Client())
    assert User.objects.get().name == "Noor Visit x"


def test_a_name_from_the_server_that_nobody_can_see_is_none(identity: Identity, db: None, settings: Any) -> None:
    settings.SIGNUP = "open"
    identity.claims = {"sub": "9", "email": "nobody@example.com", "email_verified": True, "name": "\u3164\u200b"}
    through(identity, Client())
    assert User.objects.get().display_name == "nobody"


def test_what_the_server_says_is_kept_as_every_database_takes_it(
    identity: Identity, alice: User, settings: Any
) -> None:
    """Also of somebody who is known: allauth writes down anew what is said at each sign-in."""
    settings.SIGNUP = "open"
    identity.claims = {"sub": "9", "email": "noor@example.com", "email_verified": True, "name": "Noor"}
    through(identity, Client())
    identity.claims |= {"note": "half \ud800, no\0thing", "deep": {"\0": ["\udfff"]}}
    through(identity, Client())
    told = str(SocialAccount.objects.get().extra_data)
    assert "half ?" in told
    assert not any(mark in told for mark in ("\\x00", "\\ud800", "\\udfff"))

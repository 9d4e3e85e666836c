"""Addresses that open something are in no line of the log, however somebody asks for them and is refused."""

import logging
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client

from console.logs import redact
from console.teams.models import Team, User
from tests.access.hostile import Log, logged
from tests.factories import make_invitation

pytestmark = pytest.mark.django_db
SPELT = [
    "/join/{0}/",
    "/JOIN/{0}/",
    "//join//{0}/",
    "/%6aoin/{0}",
    "/x/join/{0}/?a=b",
    "/%256Aoin%252f{0}",
    "/join%2F{0}",
]


def lines(log: Log) -> str:
    return "\n".join(map(log.format, log.records))


def refuse(address: str) -> None:
    """What scanners of mails do: other methods, forms without a token, addresses that do not quite fit."""
    browser = Client(enforce_csrf_checks=True)
    for method in ("HEAD", "PUT", "POST", "DELETE"):
        browser.generic(method, address)
    browser.get("/account/login/", {"next": address})
    browser.get(address.rstrip("/") + "//x")


def test_no_line_holds_the_end_of_such_an_address(alice: User, team: Team, mailoutbox: Any) -> None:
    make_invitation(team, "dana@example.com", by=alice)
    Client().post("/account/password/reset/", {"email": alice.email})
    reset = next(word for word in mailoutbox[0].body.split() if "/key/" in word).partition("/account/")[2]
    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(user=alice)).key
    secrets = ("token-of-dana@example.com", reset.rstrip("/").rpartition("/")[2], confirmation, "door-of-a-webhook")
    places = ("/join/{}/", "/account/password/reset/key/{}/", "/account/confirm-email/{}/", "/hooks/{}/")
    with logged() as log:
        for place, secret in zip(places, secrets, strict=True):
            refuse(place.format(secret))
        told = lines(log)
    assert "Method Not Allowed (HEAD): /join/[redacted]" in told
    assert "Forbidden" in told
    for secret in secrets:
        assert secret not in told
        assert secret[-16:] not in told


@pytest.mark.parametrize("spelt", SPELT)
def test_in_no_spelling_and_in_no_depth(spelt: str) -> None:
    address = spelt.format("aTokenThatWorks")
    with logged() as log:
        logging.getLogger("a.servers.access").info('%s - "%s %s HTTP/1.1" %d', "127.0.0.1:1", "GET", address, 405)
        deep = {"deep": [{"url": address.encode()}]}
        logging.getLogger("django.request").error("broken", extra=deep, exc_info=ValueError(address))
        told = lines(log)
    assert told.count("[redacted]") >= 3
    assert "aTokenThatWorks" not in told


def test_other_addresses_are_told() -> None:
    for address in ("/webhooks/1/", "/people/invitations/1/", "/account/password/reset/", "/join/", "joined/at/8"):
        assert redact(None, "info", {"event": address}) == {"event": address}

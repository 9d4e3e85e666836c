"""Whose address a request has: what our own proxies say, and nobody else's word."""

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import reverse

from console.ui.client_address import client_address

CONNECTION = "10.0.0.7"
CASES = [
    (0, "203.0.113.9", CONNECTION, "without a proxy of ours anybody may write the header"),
    (1, "203.0.113.9", "203.0.113.9", "the one that our proxy wrote"),
    (1, "198.51.100.1, 203.0.113.9", "203.0.113.9", "what stands left of it is the client's own word"),
    (2, "203.0.113.9, 192.0.2.4", "203.0.113.9", "two proxies, each one step"),
    (2, "203.0.113.9", CONNECTION, "shorter than the way: it came past a proxy"),
    (1, "", CONNECTION, "no header"),
    (1, " , ,", CONNECTION, "nothing in it"),
    (1, "unknown", CONNECTION, "no address"),
    (1, "203.0.113.9:4711", "203.0.113.9", "with its port"),
    (1, "[2001:db8::1]:4711", "2001:db8::1", "with its port, too"),
    (1, "2001:db8::1", "2001:db8::1", "without"),
    (1, "fe80::1%eth0", "fe80::1", "a zone"),
    (1, "::1%' or '1", "::1", "anything for a zone"),
    (1, "::ffff:203.0.113.9", "203.0.113.9", "an IPv4 address as IPv6 writes it"),
]


@pytest.mark.parametrize(("proxies", "header", "address", "why"), CASES, ids=[case[3] for case in CASES])
def test_the_address_is_the_one_that_our_proxies_vouch_for(
    rf: RequestFactory, settings: LazySettings, proxies: int, header: str, address: str, why: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR=CONNECTION, headers={"X-Forwarded-For": header} if header else {})
    assert client_address(request) == address, why


def test_a_connection_without_an_address_has_none(rf: RequestFactory) -> None:
    assert client_address(rf.get("/", REMOTE_ADDR="")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["203.0.113.9", "unknown", "203.0.113.9, x, y", ""])
@pytest.mark.parametrize("connection", [CONNECTION, ""])
def test_no_page_fails_for_what_the_header_says(
    client: Client, settings: LazySettings, header: str, connection: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    form = {"login": "nobody@example.com", "password": "wrong"}
    answer = client.post(reverse("account_login"), form, REMOTE_ADDR=connection, headers={"X-Forwarded-For": header})
    assert answer.status_code in (200, 422)

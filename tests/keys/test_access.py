"""Owners and admins act on keys; members and viewers look; strangers find nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.keys.models import Key
from console.teams.models import Role, Team, User
from tests.conftest import Sandbox
from tests.factories import make_key, make_user
from tests.keys.pasting import words

LOOKING = ["keys:show", "keys:card"]
ACTING = [
    ("get", "keys:replace"), ("post", "keys:replace"), ("get", "keys:retire"), ("post", "keys:retire"),
    ("post", "keys:check"), ("post", "keys:end_overlap"),
]  # fmt: skip


@pytest.fixture
def stored(team: Team) -> Key:
    return make_key(team, "rvya_sk_of_alice_abcd", name="Spring")


@pytest.mark.parametrize("name", [*LOOKING, *sorted({name for _, name in ACTING})])
def test_a_stranger_finds_no_key(browser_of: Any, charlie: User, stored: Key, name: str) -> None:
    client: Client = browser_of(charlie)
    path = reverse(name, args=[stored.pk])
    found = {client.get(path).status_code, client.post(path).status_code}
    assert found <= {404, 405}
    assert 404 in found


@pytest.mark.parametrize("name", ["keys:account", "keys:join"])
def test_a_stranger_finds_no_account(browser_of: Any, charlie: User, stored: Key, name: str) -> None:
    assert browser_of(charlie).post(reverse(name, args=[stored.account_id])).status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_and_viewers_look_and_do_not_act(browser_of: Any, team: Team, stored: Key, role: str) -> None:
    client: Client = browser_of(make_user("dora", team, role))
    assert "abcd" in words(client.get(reverse("keys:index")))
    for name in LOOKING:
        page = words(client.get(reverse(name, args=[stored.pk])))
        assert "Spring" in page
        assert "Retire" not in page
    for method, name in ACTING:
        assert getattr(client, method)(reverse(name, args=[stored.pk])).status_code == 403, name
    assert client.get(reverse("keys:new")).status_code == 403
    assert client.post(reverse("keys:new"), {"secret": "rvya_sk_abcdefgh"}).status_code == 403
    assert client.post(reverse("keys:account", args=[stored.account_id]), {"label": "x"}).status_code == 403
    assert Key.objects.count() == 1


def test_an_admin_acts(browser_of: Any, team: Team, key: Key, sandbox: Sandbox) -> None:
    client: Client = browser_of(make_user("dora", team, Role.ADMIN))
    assert client.post(reverse("keys:check", args=[key.pk])).status_code == 302


def test_nobody_who_is_not_signed_in_sees_a_key(client: Client, stored: Key) -> None:
    for path in (reverse("keys:index"), reverse("keys:new"), reverse("keys:show", args=[stored.pk])):
        assert client.get(path).status_code == 302


def test_support_sees_names_and_states_and_nothing_sealed(browser_of: Any, stored: Key) -> None:
    support = make_user("support", is_staff=True, is_superuser=True)
    client: Client = browser_of(support)
    secret = stored.secrets.get()
    for model, pk in (("key", stored.pk), ("secret", secret.pk), ("account", stored.account_id)):
        for path in (
            reverse(f"admin:keys_{model}_changelist"),
            reverse(f"admin:keys_{model}_change", args=[pk]),
            reverse(f"admin:keys_{model}_history", args=[pk]),
        ):
            page = client.get(path)
            assert page.status_code == 200
            assert secret.fingerprint not in page.content.decode()
            assert bytes(secret.sealed).hex() not in page.content.decode()
        assert client.get(reverse(f"admin:keys_{model}_add")).status_code == 403
        assert client.post(reverse(f"admin:keys_{model}_delete", args=[pk])).status_code == 403


def test_the_list_of_keys_costs_the_same_with_many(
    browser: Client, team: Team, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_key(team, f"rvya_sk_many_z{number:03}")
    with django_assert_max_num_queries(12):
        page = browser.get(reverse("keys:index"))
    assert page.content.count(b"key-card-link") == 30
    assert browser.get(reverse("keys:index"), {"q": "z007"}).content.count(b"key-card-link") == 1

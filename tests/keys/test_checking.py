"""A stored key is tried again: what Rivya says now is what the key is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.keys.models import Key
from console.keys.refusing import mark_refused
from console.keys.scopes import note_scope
from console.live.models import Event
from console.teams.models import Team
from tests.conftest import Sandbox
from tests.factories import make_key
from tests.keys.pasting import paste_for, words


def check(browser: Client, key: Key) -> str:
    answer = browser.post(reverse("keys:check", args=[key.pk]), follow=True)
    key.refresh_from_db()
    return words(answer)


def test_a_check_finds_scopes_and_balance(browser: Client, key: Key, sandbox: Sandbox) -> None:
    assert "Rivya takes this key." in check(browser, key)
    assert key.secrets.get().scopes["generations:read"] == "yes"
    assert key.account.balance == 1000
    assert AuditEvent.objects.get(act="key.checked").after["state"] == "active"


def test_a_revoked_key_is_refused_and_active_again_when_rivya_takes_it(
    browser: Client, key: Key, sandbox: Sandbox
) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    assert "Rivya refuses this key (api_key_revoked)." in check(browser, key)
    assert (key.state, key.secrets.get().refused_code) == ("refused", "api_key_revoked")
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "active"})
    check(browser, key)
    assert (key.state, key.secrets.get().state, key.secrets.get().refused_code) == ("active", "active", "")


@pytest.mark.parametrize("state", ["active", "refused"])
def test_no_answer_changes_nothing(browser: Client, key: Key, settings: Any, state: str) -> None:
    if state == "refused":
        mark_refused(key.secrets.get().pk, "api_key_revoked")
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    assert "nothing was changed" in check(browser, key)
    assert key.state == state


def test_a_scope_proven_by_a_call_outlives_a_check(browser: Client, key: Key) -> None:
    note_scope(key.secrets.get().pk, "generations:create", holds=True)
    check(browser, key)
    assert key.secrets.get().scopes["generations:create"] == "yes"


def test_during_an_overlap_both_secrets_are_checked(
    browser: Client, key: Key, sandbox: Sandbox, new_secret: Any
) -> None:
    paste_for(browser, key, new_secret())
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    check(browser, key)
    assert {each.version: each.state for each in key.secrets.all()} == {1: "refused", 2: "active"}
    assert key.state == "active"


def test_what_a_call_teaches_is_told_once(team: Team) -> None:
    secret = make_key(team).secrets.get()
    assert note_scope(secret.pk, "generations:create", holds=False)
    assert not note_scope(secret.pk, "generations:create", holds=False)
    assert not note_scope(secret.pk, "made:up", holds=True)
    secret.refresh_from_db()
    assert secret.scopes == {"generations:create": "no"}
    assert Event.objects.filter(name=f"key-{secret.key_id}").count() == 1

"""A pasted key is tried at Rivya, then sealed; what goes wrong before leaves nothing behind."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.keys.clients import open_secret
from console.keys.models import Account, Key, Secret
from console.teams.models import Team, User
from tests.conftest import Sandbox
from tests.factories import make_key, make_project
from tests.keys.pasting import paste, words

FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("unavailable", {}),
    ("rate_limited", {"retry_after": "huge"}),
    ("error", {"code": "internal_error", "status": 500}),
    ("error", {"code": "not_found", "status": 404}),
    ("error", {"code": "brand_new", "status": 403}),
    ("html", {"status": 200}),
    ("html", {"status": 502}),
    ("garbage_json", {}),
    ("wrong_types", {}),
    ("empty_body", {}),
    ("redirect", {}),
    ("reset", {"when": "before"}),
    ("hang", {"when": "before", "seconds": 8}),
]
NO_ANSWERS = [
    pytest.param({"fault": fault, **options}, id="-".join([fault, *map(str, options.values())]))
    for fault, options in FAULTS
]


def test_a_key_is_proven_sealed_and_written_down(browser: Client, sandbox: Sandbox, team: Team, alice: User) -> None:
    answer = paste(browser, sandbox.secret)
    key = Key.objects.get(team=team)
    secret = key.secrets.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("keys:show", args=[key.pk]))
    assert (key.name, key.purpose, key.state, key.added_by) == ("Spring images", "spring-images", "active", alice)
    assert open_secret(secret, team.pk) == sandbox.secret
    assert secret.last_four == sandbox.secret[-4:]
    assert key.account.balance == 1000
    told = AuditEvent.objects.get(act="key.added")
    assert (told.team_id, told.actor_label) == (team.pk, str(alice))
    assert sandbox.secret not in f"{told.after}{told.before}"


def test_reads_prove_scopes_and_creating_ones_stay_unproven(browser: Client, sandbox: Sandbox, new_secret: Any) -> None:
    paste(browser, new_secret(scopes=["generations:create", "generations:read", "credits:read", "chat:read"]))
    assert Secret.objects.get().scopes == {
        "generations:create": "unproven",
        "generations:read": "yes",
        "files:create": "unproven",
        "files:read": "no",
        "chat:create": "unproven",
        "chat:read": "yes",
        "credits:read": "yes",
        "webhooks:manage": "no",
    }
    assert sandbox.generations() == []


def test_a_key_without_scopes_is_stored_and_says_what_will_not_work(browser: Client, new_secret: Any) -> None:
    paste(browser, new_secret(scopes=["models:read"]))
    key = Key.objects.get()
    assert key.state == "active"
    assert key.account.balance is None
    page = words(browser.get(reverse("keys:show", args=[key.pk])))
    assert "Jobs cannot be followed" in page
    assert "balance of the Rivya account cannot be shown" in page


def test_a_form_that_comes_back_asks_for_the_key_again(browser: Client, sandbox: Sandbox) -> None:
    again = "Paste the key again: it is not kept."
    answer = paste(browser, sandbox.secret, purpose="spring images!")
    assert answer.status_code == 422
    assert again in words(answer)
    assert sandbox.secret not in words(answer)
    assert again not in words(browser.get(reverse("keys:new")))


def test_the_first_key_leads_on_to_the_first_project(browser: Client, sandbox: Sandbox, team: Team) -> None:
    shown = paste(browser, sandbox.secret)["Location"]
    assert "1 of 3 done" in words(browser.get(shown))
    make_project(team, None)
    assert "of 3 done" not in words(browser.get(shown))


def test_whoever_put_the_guide_away_is_not_led_on(browser: Client, sandbox: Sandbox, team: Team) -> None:
    browser.post(reverse("jobs:start_dismissal"))
    assert "of 3 done" not in words(browser.get(paste(browser, sandbox.secret)["Location"]))


@pytest.mark.parametrize(
    "around", ["  {}\n", '"{}"', "'{}',", "\u201c{}\u201d", "Bearer {}", "RIVYA_API_KEY={}", "\ufeff{}\r\n"]
)
def test_what_is_copied_along_does_no_harm(browser: Client, sandbox: Sandbox, team: Team, around: str) -> None:
    paste(browser, around.format(sandbox.secret))
    assert open_secret(Secret.objects.get(), team.pk) == sandbox.secret


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "sk-proj-123456789",
        "whsec_abcdefgh",
        "rvya_sk_",
        "rvya_sk_two parts",
        "rvya_sk_\u00e4\u00f6\u00fc123",
        "rvya_sk_" + "x" * 5000,
        "rvya_sk_a\x00bcdefg",
    ],
)
def test_what_is_no_key_is_refused_before_any_call(browser: Client, sandbox: Sandbox, pasted: str) -> None:
    sandbox.control("DELETE", "requests")
    answer = paste(browser, pasted)
    assert answer.status_code == 422
    assert Key.objects.count() == Account.objects.count() == 0
    assert sandbox.control("GET", "requests?path=/api/v1/credits") == {"data": []}
    assert len(pasted.strip()) < 9 or pasted not in words(answer)


@pytest.mark.parametrize("field", ["name", "purpose"])
def test_a_key_pasted_into_an_open_field_is_not_kept(browser: Client, sandbox: Sandbox, field: str) -> None:
    answer = paste(browser, sandbox.secret, **{field: sandbox.secret})
    assert answer.status_code == 422
    assert "A key was pasted here" in words(answer)
    assert sandbox.secret not in words(answer)
    assert Key.objects.count() == 0


@pytest.mark.parametrize(
    ("state", "said"),
    [("revoked", "revoked this key"), ("expired", "no longer accepts this key"), ("", "could not verify the key")],
)
def test_a_key_that_rivya_refuses_is_not_stored(browser: Client, new_secret: Any, state: str, said: str) -> None:
    secret = new_secret(state=state) if state else "rvya_sk_nobody_made_this_one"
    answer = paste(browser, secret)
    assert answer.status_code == 422
    assert said in words(answer)
    assert secret not in words(answer)
    assert Key.objects.count() == Account.objects.count() == 0


@pytest.mark.parametrize("fault", NO_ANSWERS)
def test_without_a_true_answer_nothing_is_stored(browser: Client, sandbox: Sandbox, fault: dict[str, Any]) -> None:
    match = {"path": "/api/v1/credits", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "times": None, **fault})
    answer = paste(browser, sandbox.secret)
    assert answer.status_code == 422
    assert "Nothing was stored" in words(answer)
    assert Key.objects.count() == Account.objects.count() == 0


def test_without_rivya_nothing_is_stored(browser: Client, sandbox: Sandbox, settings: Any) -> None:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    answer = paste(browser, sandbox.secret)
    assert answer.status_code == 422
    assert "Nothing was stored" in words(answer)
    assert Key.objects.count() == Account.objects.count() == 0


def test_a_key_revoked_while_it_is_tried_is_not_stored(browser: Client, sandbox: Sandbox) -> None:
    fault = {"fault": "error", "code": "api_key_revoked", "status": 401}
    sandbox.control("POST", "faults", {"match": {"path": "/api/v1/files/*", "account": sandbox.account}, **fault})
    assert paste(browser, sandbox.secret).status_code == 422
    assert Key.objects.count() == 0


def test_a_read_without_an_answer_leaves_its_scope_unproven(browser: Client, sandbox: Sandbox) -> None:
    fault = {"fault": "error", "code": "internal_error", "status": 500}
    sandbox.control("POST", "faults", {"match": {"path": "/api/v1/files/*", "account": sandbox.account}, **fault})
    paste(browser, sandbox.secret)
    assert Secret.objects.get().scopes["files:read"] == "unproven"


def test_the_same_secret_again_is_refused_by_name(browser: Client, sandbox: Sandbox, team: Team) -> None:
    make_key(team, sandbox.secret, name="Spring")
    answer = paste(browser, sandbox.secret)
    assert answer.status_code == 422
    assert "“Spring”" in words(answer)
    assert Key.objects.count() == 1


def test_another_team_may_have_the_same_secret(
    browser_of: Any, browser: Client, charlie: User, sandbox: Sandbox
) -> None:
    paste(browser, sandbox.secret)
    assert paste(browser_of(charlie), sandbox.secret).status_code == 302


def test_one_purpose_has_one_key_an_environment(browser: Client, new_secret: Any) -> None:
    paste(browser, new_secret())
    answer = paste(browser, new_secret())
    assert answer.status_code == 422
    assert "has this purpose in production already" in words(answer)
    assert paste(browser, new_secret(), environment="staging").status_code == 302


def test_without_a_keyset_nothing_is_stored(browser: Client, sandbox: Sandbox, settings: Any, tmp_path: Any) -> None:
    settings.KEYSET_PATH = tmp_path / "lost.json"
    answer = paste(browser, sandbox.secret)
    assert answer.status_code == 422
    assert "keyset cannot be read" in words(answer)
    assert Key.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_secret_pasted_by_two_at_once_makes_one_key(browser_of: Any, alice: User, sandbox: Sandbox) -> None:
    start = threading.Barrier(2)
    statuses: list[int] = []

    def person(purpose: str) -> None:
        browser = browser_of(alice)
        start.wait(30)
        statuses.append(paste(browser, sandbox.secret, purpose=purpose).status_code)
        connection.close()

    people = [threading.Thread(target=person, args=[purpose]) for purpose in ("one", "two")]
    for each in people:
        each.start()
    for each in people:
        each.join(30)
    assert sorted(statuses) == [302, 422]
    assert Key.objects.count() == Secret.objects.count() == 1

"""From the page to Rivya and back, act by act, and what a crash between the two leaves."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import AuditEvent
from console.keys.models import Key, Secret
from console.teams.models import Role, Team, User
from console.webhooks import signing
from console.webhooks.models import Delivery, Endpoint, SigningSecret
from tests.conftest import Sandbox
from tests.factories import make_key, make_user
from tests.webhooks.catching import Catcher
from tests.webhooks.ringing import event, make_endpoint, ring, timestamped


@pytest.fixture
def browser(browser_of: Any, alice: User) -> Client:
    signed_in: Client = browser_of(alice)
    return signed_in


def register(browser: Client, key: Key, **fields: str) -> Any:
    return browser.post("/webhooks/new/", {"name": "Production", "key": str(key.pk), **fields}, follow=True)


@pytest.fixture
def registered(browser: Client, key: Key, catcher: Catcher) -> Endpoint:
    register(browser, key)
    return Endpoint.objects.get()


def at_rivya(sandbox: Sandbox) -> list[Any]:
    return [one for one in sandbox.state()["endpoints"] if one["account"] == sandbox.account]


def act(browser: Client, endpoint: Endpoint, what: str, **fields: str) -> str:
    answer: Any = browser.post(f"/webhooks/{endpoint.pk}/{what}/", fields, follow=True)
    endpoint.refresh_from_db()
    return str(answer.content.decode())


def test_an_endpoint_is_registered_and_its_secret_is_sealed(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox
) -> None:
    page = register(browser, key).content.decode()
    endpoint = Endpoint.objects.get()
    (there,) = at_rivya(sandbox)
    assert (endpoint.state, endpoint.rivya_id, endpoint.rivya_status) == ("active", there["id"], "active")
    assert there["url"] == endpoint.url == f"{catcher.url}/hooks/{endpoint.door}/"
    (secret,) = signing.believed(endpoint)
    assert secret.reveal().startswith("whsec_")
    assert secret.reveal() not in page
    assert [one.act for one in AuditEvent.objects.order_by("at")][-2:] == ["webhook.begun", "webhook.registered"]
    assert "whsec_" not in json.dumps([one.after for one in AuditEvent.objects.all()])
    assert Secret.objects.get().scopes["webhooks:manage"] == "yes"


@pytest.mark.parametrize("scheme", ["rivya", "standard"])
def test_a_test_event_of_rivyas_is_believed(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox, scheme: str
) -> None:
    sandbox.control("PUT", "settings", {"webhook_scheme": scheme})
    register(browser, key, scheme="timestamp" if scheme == "rivya" else "standard")
    endpoint = Endpoint.objects.get()
    act(browser, endpoint, "test")
    assert catcher.hand_on() == 200
    delivery = Delivery.objects.get()
    assert (delivery.verdict, delivery.effect) == ("accepted", "test")


@pytest.mark.parametrize(
    ("mischief", "verdict"),
    [
        ({"unsigned": True}, "no_header"),
        ({"garbled_signature": True}, "unreadable_header"),
        ({"wrong_secret": True}, "no_match"),
        ({"altered_body": True}, "body_changed"),
        ({"timestamp_offset_seconds": -4000}, "clock"),
    ],
)
def test_the_log_tells_what_rivya_did_wrong(
    browser: Client, registered: Endpoint, catcher: Catcher, sandbox: Sandbox, mischief: Any, verdict: str
) -> None:
    sandbox.control("PUT", "webhooks", mischief)
    act(browser, registered, "test")
    assert catcher.hand_on() == 400
    assert Delivery.objects.get().verdict == verdict
    sandbox.control("PUT", "webhooks", dict.fromkeys(mischief))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:8000", "only this machine or this network"),
        ("https://console.internal", "only this machine or this network"),
        ("https://10.0.0.8", "only this machine or this network"),
        ("http://console.acme.dev", "only to https"),
        ("https://me:secret@console.acme.dev", "a user name"),
    ],
)
def test_an_address_rivya_cannot_reach_is_told_before_it_is_asked(
    browser: Client, quiet_key: Key, settings: Any, url: str, words: str
) -> None:
    settings.PUBLIC_URL, settings.RIVYA_BASE_URL, settings.ALLOWED_HOSTS = url, "https://rivya.ai", ["*"]
    assert words in browser.get("/webhooks/").content.decode()
    answer = register(browser, quiet_key)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Endpoint.objects.exists()


def test_what_rivya_refuses_leaves_nothing_but_its_lines(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox
) -> None:
    sandbox.control("PUT", "settings", {"allow_local_webhooks": False})
    answer = register(browser, key)
    assert answer.status_code == 422
    assert "CONSOLE_PUBLIC_URL" in answer.content.decode()
    assert not Endpoint.objects.exists()
    assert AuditEvent.objects.filter(act="webhook.refused", after={"why": "webhook_url_rejected"}).exists()


def test_a_key_without_the_scope_is_told_and_remembered(browser: Client, team: Team, catcher: Catcher) -> None:
    secret = "rvya_sk_sandbox_noscope_000000000000003"
    without = make_key(team, secret)
    answer = register(browser, without)
    assert "The key lacks the scope" in answer.content.decode()
    assert not Endpoint.objects.exists()
    assert "No key may manage webhooks" in browser.get("/webhooks/").content.decode()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_registration_whose_answer_was_lost_can_be_finished(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox, is_there: bool
) -> None:
    fault = {"match": {"path": "/api/v1/webhooks", "method": "POST"}, "fault": "close"}
    sandbox.control("POST", "faults", fault | {"when": "after" if is_there else "before"})
    page = register(browser, key).content.decode()
    endpoint = Endpoint.objects.get()
    assert endpoint.state == "registering"
    assert len(at_rivya(sandbox)) == is_there
    assert "Not finished" in page
    assert ring(endpoint, event()) == 503
    act(browser, endpoint, "finish")
    assert (endpoint.state, len(at_rivya(sandbox))) == ("active", 1)
    act(browser, endpoint, "test")
    assert catcher.hand_on() == 200


def test_pause_and_resume_are_rivyas_too(browser: Client, registered: Endpoint, sandbox: Sandbox) -> None:
    act(browser, registered, "pause")
    assert (registered.state, at_rivya(sandbox)[0]["status"]) == ("paused", "disabled")
    act(browser, registered, "resumption")
    assert (registered.state, at_rivya(sandbox)[0]["status"]) == ("active", "active")


def test_a_new_name_and_another_scheme(browser: Client, registered: Endpoint, sandbox: Sandbox) -> None:
    act(browser, registered, "settings", name="Launch", scheme="standard")
    assert (registered.name, registered.scheme) == ("Launch", "standard")
    assert at_rivya(sandbox)[0]["name"] == "Launch"
    assert AuditEvent.objects.get(act="webhook.changed").before == {"name": "Production", "scheme": "timestamp"}
    assert "This field is required" in act(browser, registered, "settings", name="")


def test_after_a_rotation_old_and_new_are_believed_for_an_hour(
    browser: Client, registered: Endpoint, catcher: Catcher
) -> None:
    (old,) = signing.believed(registered)
    act(browser, registered, "rotation")
    act(browser, registered, "test")
    assert catcher.hand_on() == 200
    raw = json.dumps(event()).encode()
    door = f"/hooks/{registered.door}/"
    for passed, status in [(False, 200), (True, 400)]:
        if passed:
            gone = timezone.now() - timedelta(seconds=1)
            SigningSecret.objects.exclude(accepted_until=None).update(accepted_until=gone)
        headers = timestamped(raw, secret=old.reveal())
        assert Client().post(door, raw, content_type="application/json", headers=headers).status_code == status


def test_a_rotation_whose_answer_was_lost_says_so_and_is_done_again(
    browser: Client, registered: Endpoint, catcher: Catcher, sandbox: Sandbox
) -> None:
    sandbox.control("POST", "faults", {"match": {"path": "*/rotate-secret"}, "fault": "close", "when": "after"})
    assert "rotate once more" in act(browser, registered, "rotation")
    assert Endpoint.objects.exclude(rotating_since=None).exists()
    assert "A rotation did not finish" in browser.get(f"/webhooks/{registered.pk}/").content.decode()
    act(browser, registered, "test")
    assert catcher.hand_on() == 400
    act(browser, registered, "rotation")
    assert Endpoint.objects.filter(rotating_since=None).exists()
    act(browser, registered, "test")
    assert catcher.hand_on() == 200


def test_deleting_asks_for_the_name_and_removes_it_there_and_here(
    browser: Client, registered: Endpoint, sandbox: Sandbox
) -> None:
    assert "to delete it" in act(browser, registered, "deletion", name="production")
    assert registered.state == "active"
    act(browser, registered, "deletion", name="Production")
    assert (registered.state, at_rivya(sandbox)[0]["status"]) == ("deleted", "revoked")
    assert not SigningSecret.objects.exists()
    assert browser.get(f"/webhooks/{registered.pk}/settings/").headers["Location"] == f"/webhooks/{registered.pk}/"


def test_a_name_with_two_blanks_is_typed_as_the_page_shows_it(browser: Client, registered: Endpoint) -> None:
    Endpoint.objects.update(name="Our  door")
    assert "to delete it" in act(browser, registered, "deletion", name="Ourdoor")
    act(browser, registered, "deletion", name="Our door")
    assert registered.is_deleted


def offered(browser: Client, endpoint: Endpoint) -> set[str]:
    """The acts that the endpoint's page has a button or a link for."""
    page = browser.get(endpoint.get_absolute_url()).content.decode()
    acts = {"test", "pause", "resumption", "rotation", "settings", "deletion"}
    return {act for act in acts if f'"/webhooks/{endpoint.pk}/{act}/"' in page}


def test_what_was_removed_at_rivya_is_seen_and_can_be_deleted(browser: Client, key: Key, catcher: Catcher) -> None:
    endpoint = make_endpoint(key, name="Production")
    assert offered(browser, endpoint) == {"test", "pause", "rotation", "settings", "deletion"}, "not known yet"
    assert "Gone at Rivya" in browser.get(f"/webhooks/{endpoint.pk}/standing/").content.decode()
    assert offered(browser, endpoint) == {"settings", "deletion"}
    act(browser, endpoint, "pause")
    assert endpoint.state == "active"
    act(browser, endpoint, "deletion", name="Production")
    assert endpoint.state == "deleted"


def test_a_paused_endpoint_is_resumed_before_it_is_tested(
    browser: Client, registered: Endpoint, sandbox: Sandbox
) -> None:
    Endpoint.objects.update(silent_since=timezone.now())
    act(browser, registered, "pause")
    assert registered.silent_since is None, "its silence is meant, and its warning says to send a test"
    assert offered(browser, registered) == {"resumption", "rotation", "settings", "deletion"}
    page = act(browser, registered, "test")
    assert "This endpoint is paused: Rivya sends it nothing, no test either. Resume it first." in page
    assert "Rivya sent a test" not in page
    assert not AuditEvent.objects.filter(act="webhook.tested").exists()
    act(browser, registered, "resumption")
    assert offered(browser, registered) == {"test", "pause", "rotation", "settings", "deletion"}


def test_without_any_key_it_is_still_deleted_here(browser: Client, registered: Endpoint) -> None:
    Secret.objects.update(state=Secret.State.REFUSED)
    page = act(browser, registered, "deletion", name="Production")
    assert registered.state == "deleted"
    assert "it may still be listed there" in page


def test_another_key_of_the_account_serves_when_its_own_is_gone(
    browser: Client, registered: Endpoint, team: Team, sandbox: Sandbox
) -> None:
    Secret.objects.update(state=Secret.State.REFUSED)
    make_key(team, sandbox.secret)
    act(browser, registered, "pause")
    assert registered.state == "paused"


def test_rivyas_own_view_shows_what_is_missing_here(
    browser: Client, registered: Endpoint, catcher: Catcher, sandbox: Sandbox
) -> None:
    act(browser, registered, "test")
    catcher.hand_on()
    for number in range(2):
        body = {"id": f"task_{number}", "status": "succeeded"}
        sandbox.control(
            "POST", "webhooks/events", {"account": sandbox.account, "type": "generation.succeeded", "body": body}
        )
    catcher.hand_on()
    catcher.next()  # this one never comes through
    page = browser.get(f"/webhooks/{registered.pk}/comparison/").content.decode()
    assert "1 event of Rivya's is not in our log" in page
    assert page.count(">Missing<") == 1
    assert page.count(">Here</span>") == 2


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_owners_and_admins_come_in(browser_of: Any, team: Team, endpoint: Endpoint, role: str) -> None:
    person = browser_of(make_user("paul", team, role))
    for path in ("/webhooks/", "/webhooks/new/", f"/webhooks/{endpoint.pk}/", f"/webhooks/{endpoint.pk}/comparison/"):
        assert person.get(path).status_code == 403
    assert 'href="/webhooks/"' not in person.get("/jobs/").content.decode()
    admin = browser_of(make_user("ada", team, Role.ADMIN))
    assert admin.get(f"/webhooks/{endpoint.pk}/").status_code == 200
    assert 'href="/webhooks/"' in admin.get("/jobs/").content.decode()

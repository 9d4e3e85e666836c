"""Second steps are sealed like keys: nothing in the row opens anything, and only its own row opens it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from console.audit.models import AuditEvent
from console.keys import rotating, vault
from console.keys.second_steps import asked_for, outside_primary
from console.teams.models import User

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery"


@pytest.fixture
def keyset(tmp_path: Path, settings: Any) -> Path:
    settings.KEYSET_PATH = tmp_path / "keyset.json"
    vault.make_keyset(settings.KEYSET_PATH)
    return Path(settings.KEYSET_PATH)


def with_app(person: User) -> Authenticator:
    with asked_for(person.pk):
        return TOTP.activate(person, SECRET).instance


def with_codes(person: User) -> list[str]:
    with asked_for(person.pk):
        return list(RecoveryCodes.activate(person).get_unused_codes())


def code_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, list(yield_hotp_counters_from_time())[1])))


def signing_in(person: User) -> Client:
    """A browser that has given the password and is asked for the second step."""
    browser = Client()
    answer = browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/account/second-steps/authenticate/"
    return browser


def give(browser: Client, code: str) -> Any:
    return browser.post("/account/second-steps/authenticate/", {"code": code})


def is_in(browser: Client) -> bool:
    return browser.get("/people/").status_code == 200


def test_the_row_holds_nothing_that_opens_anything(alice: User) -> None:
    with_app(alice)
    codes = with_codes(alice)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not [code for code in codes if code in kept]


def test_a_code_of_the_app_signs_in_and_works_once(alice: User) -> None:
    with_app(alice)
    browser, code = signing_in(alice), code_now()
    assert not is_in(browser)
    assert give(browser, code).status_code == 302
    assert is_in(browser)
    again = signing_in(alice)
    assert "Incorrect code" in give(again, code).content.decode()
    assert not is_in(again)


def test_the_staff_reach_the_admin_site_by_the_second_step_alone(alice: User) -> None:
    with_app(alice)
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    browser = Client()
    to_the_door = browser.post("/admin/login/?next=/admin/", {"username": alice.email, "password": PASSWORD})
    assert browser.get("/admin/").status_code == 302, "the admin site takes no password of its own"
    answer = browser.post(to_the_door.headers["Location"], {"login": alice.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/account/second-steps/authenticate/")
    assert browser.get("/admin/").status_code == 302
    assert browser.post(answer.headers["Location"], {"code": code_now()}).headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_a_recovery_code_signs_in_and_works_once(alice: User) -> None:
    with_app(alice)
    code = with_codes(alice)[3]
    assert give(signing_in(alice), code).status_code == 302
    assert "Incorrect code" in give(signing_in(alice), code).content.decode()


def test_a_wrong_code_has_its_line(alice: User) -> None:
    with_app(alice)
    give(signing_in(alice), "000000")
    line = AuditEvent.objects.get(act="second_step.failed")
    assert (line.object_id, line.actor_id) == (str(alice.pk), None)


@pytest.mark.parametrize(("address", "replaces"), [("mfa_activate_totp", False), ("mfa_generate_recovery_codes", True)])
def test_only_new_recovery_codes_are_said_to_replace_others(rf: RequestFactory, address: str, replaces: bool) -> None:
    request = rf.post(reverse(address))
    request.resolver_match = resolve(request.path)
    told = render_to_string("mfa/messages/recovery_codes_generated.txt", {"request": request})
    assert ("Only these work now" in told) is replaces


def test_the_value_of_another_person_does_not_open(alice: User, bob: User) -> None:
    mine, theirs = with_app(alice), with_app(bob)
    Authenticator.objects.filter(pk=mine.pk).update(data=theirs.data)
    told = give(signing_in(alice), code_now()).content.decode()
    assert "cannot open what it keeps of your second step" in told


def test_the_value_of_the_other_column_does_not_open(alice: User) -> None:
    app = with_app(alice)
    with_codes(alice)
    codes = Authenticator.objects.get(type="recovery_codes")
    Authenticator.objects.filter(pk=app.pk).update(data={"secret": codes.data["seed"]})
    assert "cannot open" in give(signing_in(alice), code_now()).content.decode()
    app.data["secret"] = "secret:" + codes.data["seed"].partition(":")[2]
    Authenticator.objects.filter(pk=app.pk).update(data=app.data)
    assert "cannot open" in give(signing_in(alice), code_now()).content.decode()


def test_what_does_not_open_leaves_the_other_steps_open(alice: User) -> None:
    app = with_app(alice)
    code = with_codes(alice)[0]
    Authenticator.objects.filter(pk=app.pk).update(data={"secret": "secret:AAAA"})
    assert give(signing_in(alice), code).status_code == 302


@pytest.mark.parametrize("data", [{"seed": "x"}, {"seed": "seed:AAAA"}, {"seed": "seed:%%%"}])
def test_pages_say_what_does_not_open(alice: User, browser_of: Any, data: dict[str, str]) -> None:
    with_app(alice)
    with_codes(alice)
    Authenticator.objects.filter(type="recovery_codes").update(data=data)
    browser = browser_of(alice)
    assert browser.get("/account/").status_code == 200
    for page in ("", "download/"):
        told = browser.get(f"/account/second-steps/recovery-codes/{page}", follow=True)
        assert told.status_code == 200
        assert "cannot open what it keeps" in told.content.decode()
    assert browser.get("/account/second-steps/recovery-codes/generate/").status_code == 200
    assert browser.post("/account/second-steps/recovery-codes/generate/").status_code == 302
    assert len(browser.get("/account/second-steps/recovery-codes/").context["unused_codes"]) == 10


def test_a_rotation_seals_second_steps_anew(alice: User, keyset: Path) -> None:
    with_app(alice)
    code = with_codes(alice)[0]
    done = rotating.rotate(drop_old=True)
    assert (done.resealed, done.dropped_keys) == (2, 1)
    assert list(outside_primary()) == []
    assert give(signing_in(alice), code).status_code == 302


def test_old_keys_stay_while_a_second_step_needs_them(alice: User, keyset: Path) -> None:
    app = with_app(alice)
    Authenticator.objects.filter(pk=app.pk).update(data={"secret": "secret:AAAA"})
    with pytest.raises(rotating.StillNeeded):
        rotating.rotate(drop_old=True)
    assert len(vault.keyset().key_ids) == 2


NONSENSE = [
    *("", "x", "[]", "{}", "null", "1", '{"id": 1}', '{"response": {}}', '{"id":"AA","rawId":"AA","response":[]}'),
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
    '"signature":"AA","userHandle":"AA"}}',
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_a_passkeys_answer_that_no_browser_gives_is_refused(alice: User, browser_of: Any, credential: str) -> None:
    with_app(alice)
    nobody = Client()
    nobody.get("/account/second-steps/webauthn/login/", headers={"Accept": "application/json"})
    assert nobody.post("/account/second-steps/webauthn/login/", {"credential": credential}).status_code in {200, 302}
    half = signing_in(alice)
    half.get("/account/second-steps/authenticate/")
    assert half.post("/account/second-steps/authenticate/", {"credential": credential}).status_code == 200
    mine = browser_of(alice)
    mine.get("/account/second-steps/webauthn/add/")
    answer = mine.post("/account/second-steps/webauthn/add/", {"name": "x", "credential": credential})
    assert answer.status_code == 200
    assert not any(map(is_in, (nobody, half)))


def test_a_code_is_checked_and_used_up_under_a_lock_on_its_row(alice: User, browser_of: Any) -> None:
    """Held in one transaction, so that neither another code nor a rotation nor the page of codes writes in between."""
    with_app(alice)
    code = with_codes(alice)[0]
    browser = signing_in(alice)
    acts: list[Callable[[], Any]] = [lambda: give(browser, code)]
    acts.append(lambda: browser_of(alice).get("/account/second-steps/recovery-codes/"))
    for act in acts:
        with CaptureQueriesContext(connection) as asked:
            act()
        reads = [query["sql"] for query in asked if 'FROM "mfa_authenticator"' in query["sql"]]
        assert any("FOR UPDATE" in sql for sql in reads) is (connection.vendor == "postgresql")

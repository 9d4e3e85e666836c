"""A person's own page shows what lets them in, and nobody else's."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from console.teams.models import User

pytestmark = pytest.mark.django_db


def passkey_of(person: User) -> Authenticator:
    facts = {"name": f"Laptop of {person.name}", "credential": {}}
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=facts)


def test_it_shows_mine_alone(alice: User, bob: User, browser_of: Any) -> None:
    passkey_of(alice), passkey_of(bob)
    told = browser_of(alice).get("/account/").content.decode()
    assert "Laptop of Alice" in told
    assert "Laptop of Bob" not in told


def test_adding_a_passkey_can_be_left(alice: User, browser_of: Any) -> None:
    page = browser_of(alice).get("/account/second-steps/webauthn/add/").content.decode()
    assert 'href="/account/">Cancel</a>' in page


@pytest.mark.parametrize("page", ["edit", "remove"])
def test_a_stranger_cannot_touch_a_passkey(alice: User, charlie: User, browser_of: Any, page: str) -> None:
    step = passkey_of(alice)
    browser = browser_of(charlie)
    for pk in (step.pk, step.pk + 1000):
        path = f"/account/second-steps/webauthn/keys/{pk}/{page}/"
        assert (browser.get(path).status_code, browser.post(path, {"name": "x"}).status_code) == (404, 404)
    assert Authenticator.objects.get(pk=step.pk).data["name"] == "Laptop of Alice"


def test_a_name_too_long_is_told(alice: User, browser_of: Any) -> None:
    answer = browser_of(alice).post("/account/name/", {"name": "x" * 121})
    assert answer.status_code == 422
    assert User.objects.get(pk=alice.pk).name == "Alice"

"""What is said after a change of an account, in our words: allauth's own never show."""

import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.template.loader import render_to_string

from console.settings import ROOT
from console.teams.models import User
from tests.teams.test_account_page import passkey_of

OURS = ROOT / "templates"
THEIRS = Path(allauth.__file__).parent / "templates"
# Ways in that are off, an alias of another message, and a page that is ours altogether.
NEVER_SAID = {
    "account/messages/login_code_sent.txt",
    "account/messages/phone_verification_sent.txt",
    "account/messages/phone_verified.txt",
    "socialaccount/messages/account_connected_updated.txt",
    "usersessions/messages/sessions_logged_out.txt",
}


def test_every_message_of_allauth_has_our_words() -> None:
    known = {path.relative_to(THEIRS).as_posix() for path in THEIRS.glob("*/messages/*.txt")}
    ours = {path.relative_to(OURS).as_posix() for path in OURS.glob("*/messages/*.txt")}
    assert len(known) > 20
    assert known - NEVER_SAID == ours


@pytest.mark.parametrize("name", sorted(path.relative_to(OURS).as_posix() for path in OURS.glob("*/messages/*.txt")))
def test_a_message_is_whole_sentences_without_words_of_allauth(name: str) -> None:
    told = render_to_string(name, {"email": "a@example.com", "oidc_name": "Identity"}).strip()
    assert told.endswith(".")
    assert not re.search(r"security key|third-party|successfully|generated|email address", told, re.IGNORECASE)


def test_a_passkey_is_called_a_passkey_when_it_goes(alice: User, browser_of: Any) -> None:
    path = f"/account/second-steps/webauthn/keys/{passkey_of(alice).pk}/remove/"
    page = browser_of(alice).post(path, follow=True).content.decode()
    assert "Passkey removed." in page
    assert "Security key" not in page

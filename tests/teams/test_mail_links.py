"""The links of a mail lead to the console, whoever asks for the mail."""

from typing import Any

import pytest
from django.test import Client

from console.teams.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["/account/password/reset/", "/account/signup/", "/account/email/"])
def test_links_lead_to_the_console_whatever_host_was_asked(
    page: str, alice: User, browser_of: Any, mailoutbox: Any, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.SIGNUP = "https://console.example.com", "open"
    browser = browser_of(alice) if page.endswith("email/") else Client()
    address = alice.email if page.endswith("reset/") else "new@example.com"
    form = {"email": address, "name": "N", "password1": "a quite different horse", "action_add": ""}
    browser.post(page, form, HTTP_HOST="testserver:666")
    words = [word for word in mailoutbox[0].body.split() if "://" in word]
    assert words
    assert all(word.startswith("https://console.example.com/account/") for word in words)
    assert Client().get(words[0].removeprefix("https://console.example.com")).status_code in {200, 302}

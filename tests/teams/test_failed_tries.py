"""Failed tries are counted by address and by account, for all processes together; nobody locks an owner out."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from console.teams.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
TOO_MANY = "Too many failed login attempts"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


def try_in(browser: Client, email: str, password: str, address: str = "203.0.113.1") -> str:
    """ "in", "too many" or "wrong"."""
    answer = browser.post("/account/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    if answer.status_code == 302:
        return "in"
    return "too many" if TOO_MANY in answer.content.decode() else "wrong"


def test_changing_the_address_does_not_help(alice: User) -> None:
    told = [try_in(Client(), alice.email, "wrong", f"203.0.113.{number}") for number in range(7)]
    assert told == ["wrong"] * 5 + ["too many"] * 2
    assert try_in(Client(), alice.email.upper(), "wrong", "203.0.113.99") == "too many"
    assert try_in(Client(HTTP_HOST="localhost"), alice.email, "wrong", "203.0.113.98") == "too many"


def test_one_address_may_not_try_many_accounts(alice: User) -> None:
    told = [try_in(Client(), f"somebody-{number}@example.com", "wrong") for number in range(21)]
    assert told == ["wrong"] * 20 + ["too many"]


def test_nobody_uses_up_the_tries_of_a_known_browser(alice: User) -> None:
    laptop = Client()
    assert try_in(laptop, alice.email, PASSWORD, "198.51.100.1") == "in"
    laptop.post("/account/logout/")
    for number in range(6):
        try_in(Client(), alice.email, "wrong", f"203.0.113.{number}")
    assert try_in(Client(), alice.email, PASSWORD, "198.51.100.2") == "too many"
    assert try_in(laptop, alice.email, PASSWORD, "198.51.100.1") == "in"


def test_a_known_browser_has_its_own_few_tries(alice: User) -> None:
    laptop = Client()
    try_in(laptop, alice.email, PASSWORD)
    laptop.post("/account/logout/")
    told = [try_in(laptop, alice.email, "wrong") for _ in range(6)]
    assert told == ["wrong"] * 5 + ["too many"]


def test_a_note_of_another_person_is_worth_nothing(alice: User, bob: User) -> None:
    browser = Client()
    try_in(browser, bob.email, PASSWORD)
    browser.post("/account/logout/")
    for number in range(5):
        try_in(Client(), alice.email, "wrong", f"203.0.113.{number}")
    assert try_in(browser, alice.email, PASSWORD) == "too many"
    browser.cookies["console_known"] = browser.cookies["console_known"].value[:-3] + "xyz"
    assert try_in(browser, alice.email, PASSWORD) == "too many"


def test_the_mails_link_gets_a_new_browser_in_meanwhile(alice: User, mailoutbox: Any) -> None:
    for number in range(6):
        try_in(Client(), alice.email, "wrong", f"203.0.113.{number}")
    new = Client()
    new.post("/account/password/reset/", {"email": alice.email}, REMOTE_ADDR="198.51.100.2")
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    form = new.get(f"/account/{link.partition('/account/')[2]}").headers["Location"]
    chosen = {"password1": "a quite different horse", "password2": "a quite different horse"}
    new.post(form, chosen, REMOTE_ADDR="198.51.100.2")
    assert new.get("/people/").status_code == 200


OTHER_PROCESS = """
import django, os
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
form = {"login": os.environ["TEST_EMAIL"], "password": "wrong"}
told = [Client().post("/account/login/", form, REMOTE_ADDR=f"203.0.113.{n}").content.decode() for n in range(3)]
print(sum("Too many failed login attempts" in page for page in told))
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together(alice: User) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "TEST_EMAIL": alice.email,
        "LOG_LEVEL": "CRITICAL",
    }
    told = [try_in(Client(), alice.email, "wrong", f"198.51.100.{number}") for number in range(4)]
    assert told == ["wrong"] * 4
    other = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert other.stdout.strip().endswith("2"), other.stdout + other.stderr
    assert try_in(Client(), alice.email, "wrong", "198.51.100.77") == "too many"

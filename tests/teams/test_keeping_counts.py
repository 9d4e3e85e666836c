"""Nobody pushes another person's count of failed tries out of the cache, and what has run out does not stay in it."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from console.engine.forgetting import forget_what_ran_out
from console.teams.models import User
from tests.teams.test_failed_tries import forgotten, try_in  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db


def test_the_noise_of_others_pushes_no_count_out(alice: User) -> None:
    told = [try_in(Client(), alice.email, "wrong", f"203.0.113.{number}") for number in range(6)]
    assert told[-1] == "too many"
    for number in range(400):
        cache.set(f"{'~' if number % 2 else '!'}{number}", True, timeout=86_400)
    assert try_in(Client(), alice.email, "wrong", "203.0.113.99") == "too many"


def test_what_has_run_out_is_taken_out_and_the_rest_stays(db: None) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)):
        cache.set("gone", 1, timeout=60)
        cache.set("kept", 1, timeout=7200)
    assert forget_what_ran_out()
    assert not forget_what_ran_out()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM console_cache")  # and what tests that really commit have left there
        keys = {row[0] for row in cursor.fetchall()}
    assert (":1:kept" in keys, ":1:gone" in keys) == (True, False)

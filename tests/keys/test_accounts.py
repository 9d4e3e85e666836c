"""Which Rivya account a key belongs to is found out, or asked; it is never guessed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.keys.accounts import note_landmark
from console.keys.models import Account, Key, Landmark
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job, make_key
from tests.jobs.following import turn
from tests.keys.pasting import paste, words


@pytest.fixture
def with_history(key: Key, project: Project, alice: User) -> Account:
    """The account of a key that has sent a job."""
    job = make_job(project, alice)
    turn()
    job.refresh_from_db()
    note_landmark(key.account_id, Landmark.Kind.GENERATION, job.rivya_id)
    return key.account


def added() -> Key:
    return Key.objects.get(purpose="spring-images")


def test_a_key_that_reads_what_the_account_made_belongs_to_it(
    browser: Client, with_history: Account, new_secret: Any
) -> None:
    paste(browser, new_secret())
    assert added().account == with_history


def test_a_key_that_cannot_read_it_has_another_account(
    browser: Client, with_history: Account, stranger_secret: str
) -> None:
    paste(browser, stranger_secret)
    account = added().account
    assert account != with_history
    assert (account.label, account.may_be_another, account.balance) == ("Rivya account 2", False, 70)


@pytest.mark.parametrize("scopes", [["credits:read"], ["credits:read", "chat:read", "files:read"]])
def test_a_key_that_may_not_look_proves_nothing(
    browser: Client, with_history: Account, new_secret: Any, scopes: list[str]
) -> None:
    paste(browser, new_secret(scopes=scopes))
    assert (added().account == with_history, added().account.may_be_another) == (False, True)


def test_something_gone_at_rivya_proves_nothing(browser: Client, key: Key, stranger_secret: str) -> None:
    note_landmark(key.account_id, Landmark.Kind.GENERATION, "task_long_gone")
    paste(browser, stranger_secret)
    assert added().account.may_be_another


def test_before_anything_was_made_the_accounts_are_joined_by_hand(browser: Client, key: Key, new_secret: Any) -> None:
    paste(browser, new_secret())
    own = added().account
    assert (own == key.account, own.may_be_another) == (False, True)
    page = browser.get(reverse("keys:show", args=[added().pk]))
    assert reverse("keys:account", args=[own.pk]) in page.content.decode()
    browser.post(reverse("keys:join", args=[own.pk]), {"into": str(key.account_id)})
    assert added().account == key.account
    assert Account.objects.count() == 1


def test_an_account_with_a_history_is_not_joined_away(
    browser: Client, with_history: Account, stranger_secret: str
) -> None:
    paste(browser, stranger_secret)
    answer = browser.post(reverse("keys:join", args=[with_history.pk]), {"into": str(added().account_id)})
    assert answer.status_code == 422
    assert "history of its own" in words(answer)
    assert Account.objects.count() == 2
    assert Key.objects.exclude(purpose="spring-images").get().account == with_history


def test_naming_an_account_says_that_it_stands_alone(browser: Client, key: Key, new_secret: Any) -> None:
    paste(browser, new_secret())
    account = added().account
    browser.post(reverse("keys:account", args=[account.pk]), {"label": "Studio north"})
    account.refresh_from_db()
    assert (account.label, account.may_be_another) == ("Studio north", False)


def test_an_account_of_another_team_cannot_be_joined(browser: Client, key: Key, charlie: User, new_secret: Any) -> None:
    paste(browser, new_secret())
    theirs = make_key(charlie.memberships.get().team).account
    answer = browser.post(reverse("keys:join", args=[added().account_id]), {"into": str(theirs.pk)})
    assert answer.status_code == 422
    assert Account.objects.filter(team=key.team).count() == 2


def test_a_landmark_is_written_once_a_day(key: Key, sandbox: Sandbox, django_assert_num_queries: Any) -> None:
    note_landmark(key.account_id, Landmark.Kind.FILE, "file_1")
    with django_assert_num_queries(1):
        note_landmark(key.account_id, Landmark.Kind.FILE, "file_2")
    assert Landmark.objects.get().rivya_id == "file_1"

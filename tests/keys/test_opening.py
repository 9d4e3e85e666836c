"""A secret that does not open is a state that people see, never an exception, never a deletion."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.jobs.models import Job
from console.keys import vault
from console.keys.models import Key, Secret
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key
from tests.jobs.following import turn
from tests.keys.pasting import paste_for, words

PAGES = ["keys:show", "keys:card", "keys:replace", "keys:retire"]


@pytest.fixture
def wrong_keyset(settings: Any, tmp_path: Path) -> Any:
    """`wrong_keyset()` puts another keyset in place and returns how to put the right one back."""
    right = settings.KEYSET_PATH

    def lose() -> Any:
        settings.KEYSET_PATH = tmp_path / "another.json"
        vault.make_keyset(settings.KEYSET_PATH)
        return lambda: setattr(settings, "KEYSET_PATH", right)

    return lose


def test_with_a_wrong_keyset_the_key_says_so_and_comes_back_with_the_right_one(
    browser: Client, key: Key, wrong_keyset: Any
) -> None:
    put_back = wrong_keyset()
    assert "Cannot be opened" in words(browser.get(reverse("keys:index")))
    key.refresh_from_db()
    assert (key.state, key.secrets.get().state) == ("unopenable", "unopenable")
    put_back()
    assert "Cannot be opened" not in words(browser.get(reverse("keys:index")))
    key.refresh_from_db()
    assert (key.state, key.secrets.get().state) == ("active", "active")


def test_every_page_stands_while_a_key_does_not_open(browser: Client, key: Key, wrong_keyset: Any) -> None:
    wrong_keyset()
    assert {browser.get(reverse(name, args=[key.pk])).status_code for name in PAGES} == {200}
    answer = browser.post(reverse("keys:check", args=[key.pk]), follow=True)
    assert "cannot be opened" in words(answer)


def test_a_job_of_a_key_that_does_not_open_is_refused_with_words(
    key: Key, project: Project, alice: User, wrong_keyset: Any
) -> None:
    job = make_job(project, alice)
    wrong_keyset()
    turn()
    job.refresh_from_db()
    key.refresh_from_db()
    assert (job.status, job.error_code) == (Job.Status.REFUSED, "key_cannot_be_opened")
    assert key.state == "unopenable"


def test_a_key_that_does_not_open_is_mended_by_a_new_secret(
    browser: Client, key: Key, new_secret: Any, wrong_keyset: Any
) -> None:
    wrong_keyset()
    browser.get(reverse("keys:index"))
    assert paste_for(browser, key, new_secret()).status_code == 302
    key.refresh_from_db()
    assert key.state == "active"


def test_a_sealed_value_copied_to_another_row_does_not_open(browser: Client, team: Team) -> None:
    one, two = make_key(team, "rvya_sk_one_1111"), make_key(team, "rvya_sk_two_2222")
    Secret.objects.filter(key=two).update(sealed=one.secrets.get().sealed)
    browser.get(reverse("keys:index"))
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state) == ("active", "unopenable")
    assert Key.objects.count() == 2


def test_while_the_keyset_is_away_nothing_is_changed(browser: Client, key: Key, settings: Any, tmp_path: Path) -> None:
    settings.KEYSET_PATH = tmp_path / "away.json"
    for page in (reverse("keys:index"), reverse("keys:show", args=[key.pk])):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "The keyset cannot be read" in words(answer)
    assert browser.post(reverse("keys:check", args=[key.pk]), follow=True).status_code == 200
    key.refresh_from_db()
    assert key.state == "active"

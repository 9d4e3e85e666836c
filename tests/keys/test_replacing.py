"""A secret is replaced with overlap: the new one works at once, the old one until a person ends it."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.jobs.models import Job
from console.keys.accounts import note_landmark
from console.keys.clients import open_secret
from console.keys.models import Key, Secret
from console.keys.refusing import mark_refused
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job
from tests.jobs.following import turn, turn_until_done
from tests.keys.pasting import paste_for, words


def states(key: Key) -> dict[int, str]:
    """Version → state."""
    return {secret.version: secret.state for secret in key.secrets.all()}


def end_overlap(browser: Client, key: Key) -> Any:
    return browser.post(reverse("keys:end_overlap", args=[key.pk]), follow=True)


def test_both_secrets_work_until_the_overlap_is_ended(browser: Client, key: Key, new_secret: Any) -> None:
    fresh = new_secret()
    assert paste_for(browser, key, fresh).status_code == 302
    key.refresh_from_db()
    assert (key.state, states(key)) == ("active", {1: "retiring", 2: "active"})
    current = key.current_secret()
    assert current
    assert open_secret(current, key.team_id) == fresh
    end_overlap(browser, key)
    assert states(key) == {1: "retired", 2: "active"}


def test_a_retired_secret_is_emptied(browser: Client, key: Key, new_secret: Any) -> None:
    paste_for(browser, key, new_secret())
    end_overlap(browser, key)
    old = key.secrets.get(version=1)
    assert bytes(old.sealed) == b""
    assert old.retired_at


def test_a_job_stays_with_the_secret_it_was_sent_with(
    browser: Client, key: Key, project: Project, alice: User, new_secret: Any, sandbox: Sandbox
) -> None:
    job = make_job(project, alice)
    turn()
    paste_for(browser, key, new_secret())
    later = make_job(project, alice)
    job = turn_until_done(job)
    assert (job.status, job.secret.version) == (Job.Status.SUCCEEDED, 1)
    assert later.secret.version == 2


def test_a_job_whose_old_secret_is_retired_is_read_with_the_new_one(
    browser: Client, key: Key, project: Project, alice: User, new_secret: Any
) -> None:
    job = make_job(project, alice)
    turn()
    paste_for(browser, key, new_secret())
    end_overlap(browser, key)
    assert turn_until_done(job).status == Job.Status.SUCCEEDED


def test_a_refused_key_works_again_with_a_new_secret(browser: Client, key: Key, new_secret: Any) -> None:
    mark_refused(key.secrets.get().pk, "api_key_revoked")
    paste_for(browser, key, new_secret())
    key.refresh_from_db()
    assert (key.state, states(key)) == ("active", {1: "retired", 2: "active"})


def test_when_rivya_refuses_the_new_secret_the_old_one_serves_again(browser: Client, key: Key, new_secret: Any) -> None:
    paste_for(browser, key, new_secret())
    mark_refused(key.secrets.get(version=2).pk, "api_key_revoked")
    key.refresh_from_db()
    assert (key.state, states(key)) == ("active", {1: "active", 2: "refused"})


def test_a_second_replacement_waits_for_the_end_of_the_first(browser: Client, key: Key, new_secret: Any) -> None:
    paste_for(browser, key, new_secret())
    answer = paste_for(browser, key, new_secret())
    assert answer.status_code == 422
    assert "being replaced already" in words(answer)
    assert len(states(key)) == 2


def test_a_secret_of_another_rivya_account_is_declined(
    browser: Client, key: Key, project: Project, alice: User, stranger_secret: str
) -> None:
    job = make_job(project, alice)
    turn()
    job.refresh_from_db()
    note_landmark(key.account_id, "generation", job.rivya_id)
    answer = paste_for(browser, key, stranger_secret)
    assert answer.status_code == 422
    assert "another Rivya account" in words(answer)
    assert states(key) == {1: "active"}


@pytest.mark.parametrize("which", ["revoked", "same", "no key"])
def test_a_secret_that_is_not_taken_changes_nothing(
    browser: Client, key: Key, new_secret: Any, sandbox: Sandbox, which: str
) -> None:
    pasted = {"revoked": new_secret(state="revoked"), "same": sandbox.secret, "no key": "hunter2"}[which]
    answer = paste_for(browser, key, pasted)
    assert answer.status_code == 422
    assert pasted not in words(answer)
    assert states(key) == {1: "active"}


def test_an_overlap_ends_once(browser: Client, key: Key, new_secret: Any) -> None:
    paste_for(browser, key, new_secret())
    end_overlap(browser, key)
    assert "there is no overlap to end" in words(end_overlap(browser, key))
    assert AuditEvent.objects.filter(act="key.overlap_ended").count() == 1


def test_the_page_shows_when_the_old_secret_was_last_used(
    browser: Client, key: Key, project: Project, alice: User, new_secret: Any
) -> None:
    make_job(project, alice)
    turn()
    paste_for(browser, key, new_secret())
    page = browser.get(reverse("keys:replace", args=[key.pk]))
    old = Secret.objects.get(version=1)
    assert old.last_used_at
    assert old.last_used_at.isoformat() in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_replacing_at_once_make_one_replacement(
    browser_of: Any, alice: User, key: Key, new_secret: Any
) -> None:
    start = threading.Barrier(2)
    statuses: list[int] = []

    def person(secret: str) -> None:
        browser = browser_of(alice)
        start.wait(30)
        statuses.append(paste_for(browser, key, secret).status_code)
        connection.close()

    people = [threading.Thread(target=person, args=[new_secret()]) for _ in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join(30)
    assert sorted(statuses) == [302, 422]
    assert states(key) == {1: "retiring", 2: "active"}

"""A bulk retry beside another, and its page until the last new job has ended."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from console.credits.models import Entry
from console.failures import carrying
from console.failures.grouping import group_failures
from console.failures.models import BulkItem, Cause
from console.jobs.creating import create_job
from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import User
from tests.failures.failing import fail, fail_many
from tests.failures.test_bulk_retry import client, quoted, started, studio

__all__ = ["client", "studio"]

pytestmark = pytest.mark.django_db


def test_the_page_asks_again_until_the_last_new_job_has_ended(client: Client, studio: Project, alice: User) -> None:
    one = fail(studio, alice)
    bulk = started(client, Cause.objects.get())
    assert 'hx-trigger="every 2s"' in client.get(f"/failures/retries/{bulk.pk}/").content.decode()
    carrying.carry_retries()
    assert 'hx-trigger="every 5s"' in client.get(f"/failures/retries/{bulk.pk}/progress/").content.decode()
    Job.objects.filter(retried_from=one).update(status=Job.Status.SUCCEEDED, final_credits=1)
    ended = client.get(f"/failures/retries/{bulk.pk}/progress/").content.decode()
    assert ("hx-trigger" in ended, "Succeeded" in ended) == (False, True)


def test_a_bulk_retry_says_what_became_of_its_jobs(client: Client, studio: Project, alice: User) -> None:
    fail_many(fail(studio, alice), 5, "It broke.")
    group_failures()
    bulk = started(client, Cause.objects.get())
    carrying.carry_retries()
    new = list(Job.objects.exclude(retried_from=None).values_list("pk", flat=True))
    address = f"/failures/retries/{bulk.pk}/progress/"

    def end(pks: list[UUID], status: Job.Status) -> str:
        Job.objects.filter(pk__in=pks).update(status=status)
        return str(client.get(address).content.decode())

    text = end(new[:2], Job.Status.SUCCEEDED)
    for words in ("All sent", "4 sending, 2 succeeded.", "credits so far"):
        assert words in text
    end(new[2:3], Job.Status.NEEDS_REVIEW)
    text = end(new[3:], Job.Status.FAILED)
    for words in ("Done", "2 succeeded, 3 failed, 1 for a person to decide."):
        assert words in text
    assert "so far" not in text


def test_a_quote_says_for_how_many_it_had_no_room(
    client: Client, studio: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_many(fail(studio, alice), 4, "It broke.")
    group_failures()
    cause = Cause.objects.get()
    words = "These are the 2 newest of 5 jobs. The rest can be tried again afterwards."
    assert words not in client.get(f"/failures/retries/{quoted(client, cause).pk}/").content.decode()
    monkeypatch.setattr("console.failures.quoting.MOST", 2)
    bulk = quoted(client, cause)
    assert words in client.get(f"/failures/retries/{bulk.pk}/").content.decode()
    client.post(f"/failures/retries/{bulk.pk}/start/")
    carrying.carry_retries()
    bulk = quoted(client, cause)
    text = client.get(f"/failures/retries/{bulk.pk}/").content.decode()
    assert "These are the 2 newest of 3 jobs." in text


def test_a_job_that_two_bulk_retries_hold_at_once_is_tried_once(
    client: Client, studio: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is stopped while its references go to Rivya, which frees the cause for the other."""
    one = fail(studio, alice)
    first, second = quoted(client, Cause.objects.get()), quoted(client, Cause.objects.get())
    client.post(f"/failures/retries/{first.pk}/start/")
    others = [second]

    def slowly(order: Any, files: Any) -> Job:
        while others:
            client.post(f"/failures/retries/{first.pk}/stop/")
            client.post(f"/failures/retries/{others.pop().pk}/start/")
            carrying.carry_some()
        return create_job(order, files)

    monkeypatch.setattr("console.jobs.retrying.create_job", slowly)
    carrying.carry_some()
    new = Job.objects.get(retried_from=one)
    assert not Entry.objects.exclude(subject__in=[one.pk, new.pk]).exists(), "nothing is reserved for another"
    assert BulkItem.objects.get(bulk=first).reason == "It was tried again before."
    assert BulkItem.objects.get(bulk=second).state == BulkItem.State.SENT

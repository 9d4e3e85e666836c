"""A key is retired by naming it, for good; the page says what stops."""

from typing import Any

from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.credits.models import Entry
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job
from tests.jobs.following import turn
from tests.keys.pasting import paste, paste_for, words


def retire(browser: Client, key: Key, typed: str) -> Any:
    return browser.post(reverse("keys:retire", args=[key.pk]), {"purpose": typed})


def test_a_key_is_retired_by_typing_its_purpose(browser: Client, key: Key) -> None:
    assert retire(browser, key, key.purpose).status_code == 302
    key.refresh_from_db()
    assert (key.state, key.secrets.get().state) == ("retired", "retired")
    assert bytes(key.secrets.get().sealed) == b""
    assert AuditEvent.objects.get(act="key.retired").before == {"state": "active"}


def test_another_word_retires_nothing(browser: Client, key: Key) -> None:
    assert retire(browser, key, "something else").status_code == 422
    key.refresh_from_db()
    assert key.state == "active"


def test_a_retired_key_does_not_come_back(browser: Client, key: Key, new_secret: Any) -> None:
    retire(browser, key, key.purpose)
    assert retire(browser, key, key.purpose).status_code == 422
    assert paste_for(browser, key, new_secret()).status_code == 422
    browser.post(reverse("keys:check", args=[key.pk]))
    key.refresh_from_db()
    assert key.state == "retired"
    assert AuditEvent.objects.filter(act__startswith="key.").count() == 1


def test_its_purpose_and_its_secret_are_free_again(browser: Client, key: Key, sandbox: Any) -> None:
    retire(browser, key, key.purpose)
    assert paste(browser, sandbox.secret, purpose=key.purpose).status_code == 302


def test_a_job_that_was_not_sent_is_refused_and_gives_its_credits_back(
    browser: Client, key: Key, project: Project, alice: User
) -> None:
    job = make_job(project, alice)
    retire(browser, key, key.purpose)
    turn()
    job.refresh_from_db()
    assert job.status == Job.Status.REFUSED
    assert Entry.objects.filter(subject=job.pk).held() == 0


def test_the_page_asks_for_who_and_what_uses_it(browser: Client, key: Key) -> None:
    page = words(browser.get(reverse("keys:retire", args=[key.pk])))
    assert key.purpose in page
    for fragment in (f"/keys/{key.pk}/projects/", f"/keys/{key.pk}/jobs/"):
        assert f'hx-get="{fragment}"' in page


def test_other_rooms_tell_what_uses_the_key(
    browser: Client, key: Key, project: Project, alice: User, new_secret: Any
) -> None:
    make_job(project, alice, prompt="Sent with the old secret")
    paste_for(browser, key, new_secret())
    old, new = key.secrets.order_by("version")
    jobs, projects = (reverse(f"{room}:using_key", args=[key.pk]) for room in ("jobs", "projects"))
    assert "Sent with the old secret" in words(browser.get(jobs, {"secret": str(old.pk)}))
    assert "Sent with the old secret" not in words(browser.get(jobs, {"secret": str(new.pk)}))
    assert browser.get(jobs, {"secret": "no id"}).status_code == 200
    assert words(browser.get(jobs, {"short": 1})).strip() == "1 open job"
    assert words(browser.get(projects, {"short": 1})).strip() == "1 project"
    assert project.name in words(browser.get(projects))

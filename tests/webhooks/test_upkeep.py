"""What goes on behind the pages: silence is noticed, the log ends somewhere, a sealed secret outlives a keyset."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from console.audit.models import AuditEvent
from console.jobs.models import Job
from console.keys import vault
from console.keys.models import Key
from console.notices.models import Notice
from console.projects.models import Project
from console.teams.models import User
from console.webhooks import signing
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.pruning import prune_deliveries
from console.webhooks.silence import watch_silence
from tests.factories import make_job
from tests.webhooks.ringing import SECRET, event, make_endpoint, ring


def ended(project: Project, person: User, number: int, minutes_ago: int = 5) -> Job:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    facts: dict[str, Any] = {"status": "succeeded", "accepted_at": at, "finished_at": at, "next_check_at": None}
    return make_job(project, person, rivya_id=f"task_{number}", **facts)


def test_three_jobs_in_a_row_without_a_webhook_are_told_once(
    endpoint: Endpoint, studio: Project, alice: User, bob: User, browser_of: Any
) -> None:
    for number in range(2):
        ended(studio, alice, number)
    assert not watch_silence()
    ended(studio, alice, 2)
    assert watch_silence()
    assert not watch_silence()
    assert [notice.person for notice in Notice.objects.all()] == [alice]
    page = browser_of(alice).get(f"/webhooks/{endpoint.pk}/").content.decode()
    assert "Three jobs in a row ended without a webhook" in page
    ring(endpoint, event("task_2"))
    assert watch_silence()
    endpoint.refresh_from_db()
    assert endpoint.silent_since is None


@pytest.mark.parametrize("state", [Endpoint.State.PAUSED, Endpoint.State.REGISTERING])
def test_an_endpoint_that_should_be_silent_is_not_told(
    endpoint: Endpoint, studio: Project, alice: User, state: str
) -> None:
    for number in range(3):
        ended(studio, alice, number)
    Endpoint.objects.update(state=state)
    assert not watch_silence()


def test_a_job_that_ended_just_now_may_still_ring(endpoint: Endpoint, studio: Project, alice: User) -> None:
    for number in range(3):
        ended(studio, alice, number, minutes_ago=0)
    assert not watch_silence()


def test_the_log_is_kept_for_its_days_and_no_longer(endpoint: Endpoint, settings: Any) -> None:
    settings.WEBHOOK_LOG_DAYS = 7
    for days in (8, 6):
        ring(endpoint, event())
        newest = Delivery.objects.latest("created_at")
        Delivery.objects.filter(pk=newest.pk).update(created_at=timezone.now() - timedelta(days=days))
    assert prune_deliveries()
    assert Delivery.objects.count() == 1
    assert not prune_deliveries()


def test_a_signing_secret_outlives_a_rotation_of_the_keyset(quiet_key: Key, settings: Any, tmp_path: Path) -> None:
    settings.KEYSET_PATH = tmp_path / "keyset.json"
    vault.make_keyset(settings.KEYSET_PATH)
    quiet_key.secrets.all().delete()
    endpoint = make_endpoint(quiet_key)
    call_command("rotate_keyset")
    call_command("rotate_keyset", "--drop-old")
    assert [secret.reveal() for secret in signing.believed(endpoint)] == [SECRET]
    assert len(vault.keyset().key_ids) == 1


def test_a_line_leads_to_its_job_by_name_and_not_by_its_prompt(
    endpoint: Endpoint, studio: Project, alice: User, browser_of: Any
) -> None:
    job = make_job(studio, alice, status="processing", rivya_id="task_1", prompt="A fox nobody knows of")
    ring(endpoint, event("task_1"))
    browser = browser_of(alice)
    for path in (f"/webhooks/{endpoint.pk}/", f"/webhooks/deliveries/{Delivery.objects.get().pk}/"):
        page = browser.get(path).content.decode()
        assert re.search(rf'<a[^>]* href="/jobs/{job.pk}/">{job.model_name} job {job.pk.hex[:8]}</a>', page)
        assert "A fox" not in page


def test_processing_again_reads_the_job_once_more(
    endpoint: Endpoint, studio: Project, alice: User, browser_of: Any
) -> None:
    later = timezone.now() + timedelta(hours=1)
    job = make_job(studio, alice, status="processing", rivya_id="task_1", next_check_at=later)
    ring(endpoint, event("task_1"))
    Job.objects.update(next_check_at=later)
    delivery = Delivery.objects.get()
    browser = browser_of(alice)
    for _ in range(2):
        assert browser.post(f"/webhooks/deliveries/{delivery.pk}/ring/").status_code == 302
    assert "Processed again. Its job was made due" in browser.get(f"/webhooks/{endpoint.pk}/").content.decode()
    assert Job.objects.due().get() == job
    assert AuditEvent.objects.filter(act="webhook.processed_again").count() == 2
    assert "Process again" in browser.get(f"/webhooks/deliveries/{delivery.pk}/").content.decode()


def test_a_test_is_not_processed_again(endpoint: Endpoint, studio: Project, alice: User, browser_of: Any) -> None:
    Endpoint.objects.update(test_event_id="evt_test")
    later = timezone.now() + timedelta(hours=1)
    make_job(studio, alice, status="processing", rivya_id="task_1", next_check_at=later)
    ring(endpoint, event("task_1", id="evt_test"))
    page, browser = f"/webhooks/deliveries/{Delivery.objects.get().pk}/", browser_of(alice)
    assert "Process again" not in browser.get(page).content.decode()
    browser.post(f"{page}ring/")
    assert not Job.objects.due().exists()
    assert "it was a test that somebody here asked for" in browser.get(page).content.decode()

"""The door: what is stored, what is refused, and that nothing anybody sends makes it stumble."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from console.jobs.loop import claim_due
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from console.webhooks import ringing as bells
from console.webhooks.models import Delivery, Endpoint, SigningSecret
from tests.factories import make_job, make_key, make_project, make_team
from tests.webhooks.ringing import OTHER, event, knock, make_endpoint, ring, standard, timestamped

Effect = Delivery.Effect
LATER = timedelta(hours=1)
unhurried = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
many = hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=unhurried)


def followed(project: Project, person: User, rivya_id: str = "task_1", **fields: Any) -> Job:
    """A job that Rivya has, not due for an hour."""
    later = timezone.now() + LATER
    return make_job(project, person, status="processing", rivya_id=rivya_id, next_check_at=later, **fields)


def is_due(job: Job) -> bool:
    return Job.objects.due().filter(pk=job.pk).exists()


def test_a_signed_event_is_stored_and_makes_its_job_due(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job, other = followed(studio, alice), followed(studio, alice, "task_2")
    assert ring(endpoint, event("task_1", id="evt_1")) == 200
    delivery = Delivery.objects.get()
    assert (delivery.verdict, delivery.effect, delivery.job) == ("accepted", Effect.RUNG, job)
    assert (delivery.event_id, delivery.task_id) == ("evt_1", "task_1")
    assert is_due(job)
    assert not is_due(other)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_calendar_holds_does_not_keep_an_event_out(
    endpoint: Endpoint, studio: Project, alice: User, moment: str
) -> None:
    job = followed(studio, alice)
    assert ring(endpoint, event("task_1", created_at=moment)) == 200
    assert Delivery.objects.get().event_at is None
    assert is_due(job)


def test_nothing_an_event_claims_is_taken_over(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job = followed(studio, alice)
    lie = event("task_1", type="generation.failed", data={"id": "task_1", "status": "failed", "final_credits": 900})
    assert ring(endpoint, lie) == 200
    job.refresh_from_db()
    assert (job.status, job.final_credits) == ("processing", None)


def test_the_second_of_two_is_a_duplicate_and_does_nothing(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job, told = followed(studio, alice), event("task_1")
    ring(endpoint, told)
    Job.objects.update(next_check_at=timezone.now() + LATER)
    for _ in range(20):
        assert ring(endpoint, told) == 200
    assert not is_due(job)
    assert Delivery.objects.get(verdict="accepted").times == 21
    assert Delivery.objects.filter(verdict="duplicate").count() == 5


def test_the_other_scheme_is_a_setting_of_the_endpoint(quiet_key: Key) -> None:
    endpoint = make_endpoint(quiet_key, scheme=Endpoint.Scheme.STANDARD)
    raw = json.dumps(event()).encode()
    assert knock(endpoint, raw, standard(raw)) == 200
    assert knock(endpoint, raw, timestamped(raw)) == 400


def test_header_names_are_settings_of_the_console(endpoint: Endpoint, settings: Any) -> None:
    settings.RIVYA_WEBHOOK_HEADER = "Rivya-Signed"
    raw = json.dumps(event()).encode()
    assert knock(endpoint, raw, {"Rivya-Signed": timestamped(raw)["X-Rivya-Signature"]}) == 200
    assert knock(endpoint, raw, timestamped(raw)) == 400


def test_an_event_before_its_job_is_known_rings_once_it_is(endpoint: Endpoint, studio: Project, alice: User) -> None:
    assert ring(endpoint, event("task_9")) == 200
    assert Delivery.objects.get().effect == Effect.WAITING
    assert not bells.ring_late()
    job = followed(studio, alice, "task_9")
    assert bells.ring_late()
    assert is_due(job)
    assert (Delivery.objects.get().effect, Delivery.objects.get().job) == (Effect.RUNG, job)
    assert not bells.ring_late()


def test_an_event_amid_a_read_has_the_job_read_once_more(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job = followed(studio, alice)
    Job.objects.filter(pk=job.pk).update(next_check_at=timezone.now())
    token, held = claim_due(10)
    assert [one.pk for one, _ in held] == [job.pk]
    ring(endpoint, event("task_1"))
    assert Delivery.objects.get().effect == Effect.BUSY
    assert not bells.ring_late()
    Job.objects.filter(lease=token).update(lease=None, leased_until=None, next_check_at=timezone.now() + LATER)
    assert bells.ring_late()
    assert is_due(job)
    assert not bells.ring_late()


def test_a_job_that_has_ended_is_left_alone(endpoint: Endpoint, studio: Project, alice: User) -> None:
    make_job(studio, alice, status="succeeded", rivya_id="task_1", next_check_at=None)
    assert ring(endpoint, event("task_1")) == 200
    assert Delivery.objects.get().effect == Effect.ENDED
    assert not Job.objects.due().exists()


def test_an_event_without_a_job_is_given_up_after_a_day(endpoint: Endpoint) -> None:
    ring(endpoint, event("task_of_another_program"))
    assert not bells.ring_very_late()
    Delivery.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert bells.ring_very_late()
    assert Delivery.objects.get().effect == Effect.STRANGE_JOB


def test_an_unknown_type_is_stored_and_does_nothing(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job = followed(studio, alice)
    assert ring(endpoint, event("task_1", type="generation.dreamt")) == 200
    assert Delivery.objects.get().effect == Effect.STRANGE_TYPE
    assert not is_due(job)


def test_another_teams_job_is_not_touched(endpoint: Endpoint, charlie: User) -> None:
    theirs = make_team(charlie)
    job = followed(make_project(theirs, make_key(theirs)), charlie)
    ring(endpoint, event("task_1"))
    assert not is_due(job)
    assert Delivery.objects.get().job is None


def test_a_door_that_is_not_there_says_nothing(endpoint: Endpoint, client: Client) -> None:
    raw = json.dumps(event()).encode()
    deleted = endpoint.door
    Endpoint.objects.update(state=Endpoint.State.DELETED)
    for door in (deleted, "nobody", "x" * 300):
        answer = client.post(f"/hooks/{door}/", raw, content_type="application/json", headers=timestamped(raw))
        assert (answer.status_code, answer.content) == (404, b"There is nothing here.\n")
    assert not Delivery.objects.exists()


def test_only_a_post_is_heard(endpoint: Endpoint, client: Client) -> None:
    assert client.get(f"/hooks/{endpoint.door}/").status_code == 405


def test_rivya_needs_no_session_no_form_token_and_no_sign_in(endpoint: Endpoint) -> None:
    raw, rivya = json.dumps(event()).encode(), Client(enforce_csrf_checks=True)
    with CaptureQueriesContext(connection) as caught:
        answer = rivya.post(f"/hooks/{endpoint.door}/", raw, content_type="application/json", headers=timestamped(raw))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert not [one["sql"] for one in caught if "session" in one["sql"] or "teams_user" in one["sql"]]


@pytest.mark.parametrize("size_bytes", [256 * 1024 + 1, 2 * 1024 * 1024])
def test_what_is_too_big_is_refused(endpoint: Endpoint, size_bytes: int) -> None:
    assert knock(endpoint, b" " * size_bytes) == 400
    assert Delivery.objects.get().verdict == "too_big"


def test_without_a_secret_or_a_keyset_it_is_later(endpoint: Endpoint, settings: Any, tmp_path: Any) -> None:
    settings.KEYSET_PATH = tmp_path / "none.json"
    assert ring(endpoint, event()) == 503
    SigningSecret.objects.all().delete()
    assert ring(endpoint, event()) == 503
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_stored_is_asked_for_again(endpoint: Endpoint, studio: Project, alice: User) -> None:
    job, told = followed(studio, alice), event("task_1")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE webhooks_delivery RENAME TO webhooks_away")
    try:
        assert ring(endpoint, told) == 503
        assert not is_due(job)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE webhooks_away RENAME TO webhooks_delivery")
    assert ring(endpoint, told) == 200
    assert is_due(job)


def test_forgers_do_not_fill_the_disk(endpoint: Endpoint) -> None:
    raw = json.dumps(event()).encode()
    for _ in range(130):
        assert knock(endpoint, raw, timestamped(raw, secret=OTHER)) == 400
    assert Delivery.objects.count() == 100
    assert sum(Delivery.objects.values_list("times", flat=True)) == 130


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
telling = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "type", "created_at", "api_version", "data", "generation"), plain)
)


@many
@given(told=plain | telling)
def test_any_json_properly_signed_is_stored_or_refused(endpoint: Endpoint, told: Any) -> None:
    assert knock(endpoint, json.dumps(told).encode()) in {200, 400}


@many
@given(raw=st.binary(max_size=300), is_signed=st.booleans(), header=st.text(st.characters(codec="latin-1")))
def test_any_bytes_under_any_header_are_refused(endpoint: Endpoint, raw: bytes, is_signed: bool, header: str) -> None:
    clean = header.replace("\n", "").replace("\r", "")
    assert knock(endpoint, raw, None if is_signed else {"X-Rivya-Signature": clean}) == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"id":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        json.dumps(event(id="e" * 513)).encode(),
        json.dumps(event(id="evt\0")).encode(),
        json.dumps({"id": 7, "type": None}).encode(),
        b'{"id": "evt", "type": "\\ud800"}',
        b'{"id": "evt", "type": "t", "data": 1e999}',
        b"9" * 5000,
        b"\xff\xfe{}",
        b"",
    ],
)
def test_what_no_row_could_hold_is_not_stored(endpoint: Endpoint, raw: bytes) -> None:
    assert knock(endpoint, raw) == 400


@pytest.mark.parametrize("task_id", ["t" * 600, "task\0x", "task\nx", 7, None, [], {"id": "x"}])
def test_a_strange_task_is_no_task(endpoint: Endpoint, studio: Project, alice: User, task_id: Any) -> None:
    unsent = make_job(studio, alice, next_check_at=timezone.now() + LATER)
    assert ring(endpoint, event(data={"id": task_id})) == 200
    delivery = Delivery.objects.get()
    assert (delivery.task_id, delivery.effect) == ("", Effect.NO_TASK)
    assert not bells.ring_late()
    assert not is_due(unsent)


def test_one_that_was_said_to_wait_without_a_task_rings_at_nothing(
    endpoint: Endpoint, studio: Project, alice: User
) -> None:
    make_job(studio, alice, next_check_at=timezone.now() + LATER)
    ring(endpoint, event(data={"id": None}))
    Delivery.objects.update(effect=Effect.WAITING)
    assert not bells.ring_late()


def test_the_teams_other_account_rings_too(endpoint: Endpoint, team: Team, alice: User) -> None:
    from tests.factories import make_account

    apart = make_key(team, account=make_account(team, label="Perhaps the same"))
    job = followed(make_project(team, apart), alice, "task_5")
    ring(endpoint, event("task_5"))
    assert is_due(job)

"""Support finds anything by its ids and names, and nothing by what a team made."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.credits.models import Entry
from console.keys import vault
from console.support.findable import deliveries, jobs
from console.support.wanted import Wanted
from console.webhooks.models import Delivery
from tests.factories import make_job
from tests.support.conftest import PRIVATE, Owned
from tests.webhooks.ringing import event, make_endpoint, ring


def page_of(thing: Any) -> str:
    """Where the admin site shows it."""
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


def find(support: Client, text: str) -> str:
    answer = support.get("/admin/search/", {"q": text})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    "named",
    ["task_4711", "req_4711", "{job.pk}", "{job.pk.hex}", "{short}", "{job.idempotency_key}"],
)
def test_a_job_is_found_by_every_id_it_has(support: Client, owned: Owned, named: str) -> None:
    text = named.format(job=owned.job, short=str(owned.job.pk)[:8])
    assert page_of(owned.job) in find(support, text)


def test_any_job_is_two_clicks_from_the_front_page(support: Client, owned: Owned) -> None:
    front = support.get("/admin/").content.decode()
    assert 'action="/admin/search/"' in front
    found = find(support, " task_4711 ")
    assert page_of(owned.job) in found
    assert owned.team.name in found
    assert support.get(page_of(owned.job)).status_code == 200


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alice's te", "team"), ("{team.pk}", "team"), ("{key.name}", "key"), ("9876", "key"), ("{print}", "key"),
        ("{file.pk}", "file"), ("{conversation.pk}", "conversation"), ("{turn.pk}", "turn"), ("sess_1", "conversation"),
        ("msg_1", "turn"),
    ],
)  # fmt: skip
def test_everything_else_is_found_by_its_own_names(support: Client, owned: Owned, text: str, name: str) -> None:
    type(owned.conversation).objects.filter(pk=owned.conversation.pk).update(session_id="sess_1")
    type(owned.turn).objects.filter(pk=owned.turn.pk).update(rivya_message_id="msg_1")
    wanted = text.format(**vars(owned), print=vault.fingerprint("rvya_sk_test_of_alices_team_9876"))
    assert page_of(getattr(owned, name)) in find(support, wanted)


def test_a_person_is_found_by_mail_and_a_line_by_its_number_or_its_job(
    support: Client, owned: Owned, alice: Any
) -> None:
    line = Entry.objects.filter(subject=owned.job.pk).latest("id")
    assert page_of(alice) in find(support, "ALICE@example")
    assert page_of(line) in find(support, str(line.pk))
    assert page_of(line) in find(support, str(owned.job.pk))


@pytest.mark.parametrize("text", ["{delivery.pk}", "evt_4711", "task_4712"])
def test_a_delivery_is_found_by_its_ids(support: Client, owned: Owned, text: str) -> None:
    endpoint = make_endpoint(owned.key, name="Night shift")
    assert page_of(endpoint) in find(support, "night sh")
    assert page_of(endpoint) in find(support, endpoint.rivya_id)
    ring(endpoint, event("task_4712", id="evt_4711"))
    delivery = Delivery.objects.get()
    found = find(support, text.format(delivery=delivery))
    assert page_of(delivery) in found
    assert owned.team.name in found
    shown = support.get(page_of(delivery)).content.decode()
    assert "evt_4711" in shown
    assert endpoint.door not in support.get(page_of(endpoint)).content.decode() + shown


@pytest.mark.parametrize("private", PRIVATE)
def test_nothing_is_found_by_what_was_asked_or_made(support: Client, owned: Owned, private: str) -> None:
    for text in (private, private.rsplit(maxsplit=1)[-1]):
        found = find(support, text)
        for page in (owned.job, owned.file, owned.conversation, owned.turn):
            assert page_of(page) not in found


def test_a_pasted_secret_is_neither_looked_for_nor_shown_again(support: Client, owned: Owned) -> None:
    found = find(support, "rvya_sk_test_of_alices_team_9876")
    assert "That looks like a whole key" in found
    assert "rvya_sk_test" not in found
    assert page_of(owned.key) not in found


@pytest.mark.parametrize("text", ["", " ", "\0", "%", "'; --", "9" * 300, "é" * 200, "00000000", "-1", "½"])
def test_an_odd_search_is_only_empty(support: Client, owned: Owned, text: str) -> None:
    find(support, text)


def test_only_staff_search(browser_of: Any, owned: Owned, alice: Any) -> None:
    assert browser_of(alice).get("/admin/search/", {"q": "task_4711"}).status_code == 302


@pytest.mark.parametrize("text", ["task_4711", "req_4711", "12345678", "12345678-1234-1234-1234-123456789012"])
def test_a_job_is_looked_for_in_indexes_alone(owned: Owned, text: str) -> None:
    for _ in range(5):
        make_job(owned.job.project, owned.job.created_by)  # type: ignore[arg-type]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(jobs(Wanted(text)))
    plans = [plan(query["sql"]) for query in asked.captured_queries]
    assert len(plans) >= 3
    assert [found for found in plans if "SCAN jobs_job" in found or "Seq Scan on jobs_job" in found] == []


def test_deliveries_are_looked_for_in_indexes_alone(owned: Owned) -> None:
    endpoint = make_endpoint(owned.key)
    for number in range(5):
        ring(endpoint, event(f"task_{number}"))
    with CaptureQueriesContext(connection) as asked:
        assert len(list(deliveries(Wanted("task_3")))) == 1
    plans = [plan(query["sql"]) for query in asked.captured_queries]
    seen = ("SCAN webhooks_delivery", "Seq Scan on webhooks_delivery")
    assert [found for found in plans if any(scan in found for scan in seen)] == []


def plan(sql: str) -> str:
    """How the database would go about it; PostgreSQL is kept from reading a small table whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())

"""Support finds anything by its ids and names, and nothing by what a team made."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.audit.models import AuditEvent
from console.credits.models import Entry
from console.keys import vault
from console.support.findable import deliveries, jobs
from console.support.wanted import Wanted
from console.webhooks.models import Delivery
from tests.factories import make_job
from tests.support.conftest import PRIVATE, Owned
from tests.webhooks.ringing import event, make_endpoint, ring


def admin_page(model: Any, of: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{of}"


def page_of(thing: Any) -> str:
    """Where the admin site shows it."""
    return reverse(admin_page(thing, "change"), args=[thing.pk])


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


# The audit log's own page knows only its own filters.
LISTED = sorted(admin.site._registry.keys() - {AuditEvent}, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model._meta.label)
def test_no_list_is_filtered_by_what_it_does_not_offer(support: Client, owned: Owned, model: Any) -> None:
    """Otherwise what is closed could be guessed letter by letter, without an opening and without a line."""
    page, offered = reverse(admin_page(model, "changelist")), admin.site._registry[model].list_filter
    assert support.get(page).status_code == 200
    for field in model._meta.concrete_fields:
        if field.name not in offered:
            guesses = [support.get(page, {f"{field.name}__{how}": "a"}) for how in ("startswith", "regex", "gt")]
            assert {guess.status_code for guess in guesses} == {400}, field.name


def test_the_people_of_a_team_are_one_click_from_it(support: Client, owned: Owned) -> None:
    team = support.get(page_of(owned.team)).content.decode()
    (link,) = re.findall(r'href="([^"]+membership[^"]+team__id__exact[^"]+)"', team)
    assert owned.team.name in unescape(support.get(link).content.decode())


def test_a_line_of_the_ledger_is_told_as_on_its_own_page(support: Client, owned: Owned) -> None:
    line = Entry.objects.filter(subject=owned.job.pk).earliest("id")
    taken = Entry(**{field.name: getattr(line, field.name) for field in Entry._meta.fields if field.name != "id"})
    taken.kind, taken.credits = Entry.Kind.ACCEPT, 1
    taken.save(force_insert=True)
    found = find(support, str(taken.pk))
    assert "Taken by Rivya" in found
    assert "1 credit for job" in found


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


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
@pytest.mark.parametrize("page", ["/admin/jobs/job/", "/admin/"])
def test_a_page_is_read_by_no_other_method(
    support: Client, browser_of: Any, alice: Any, page: str, method: str
) -> None:
    assert getattr(support, method)(page).status_code == 405
    assert getattr(browser_of(alice), method)(page).status_code == 302, "the door comes first"


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

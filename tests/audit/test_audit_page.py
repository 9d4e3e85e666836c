"""The audit log: owners and admins read it page by page, members may not, strangers have their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.audit.reading import PAGE_SIZE
from console.audit.recording import record
from console.teams.models import Role, Team, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PATH = reverse("audit:index")


def write(team: Team, count: int, actor: User | None = None) -> None:
    now = timezone.now()
    for number in range(count):
        event = record(f"act.{number}", team, team_id=team.pk, actor=actor)
        AuditEvent.objects.filter(pk=event.pk).update(at=now - timedelta(seconds=number))


def acts(page: Any) -> list[str]:
    return [event.act for event in page.context["events"]]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.MEMBER, 403), (Role.VIEWER, 403)]
)
def test_who_reads_the_log(browser_of: Any, team: Team, role: str, status: int) -> None:
    assert browser_of(make_user("dora", team, role)).get(PATH).status_code == status


def test_a_stranger_reads_their_own_teams_log_and_no_line_of_ours(
    browser_of: Any, team: Team, alice: User, charlie: User
) -> None:
    write(team, 3, alice)
    page = browser_of(charlie).get(PATH)
    assert (page.status_code, acts(page)) == (200, [])
    assert "alice@example.com" not in page.content.decode()


def test_a_line_says_who_did_what_to_which_before_and_after(browser_of: Any, team: Team, alice: User) -> None:
    record("project.changed", team, team_id=team.pk, actor=alice, before={"budget": 5}, after={"budget": 7})
    record("key.refused", team, team_id=team.pk, actor=None)
    page = browser_of(alice).get(PATH).content.decode()
    for words in ("alice@example.com", "project.changed", "budget: 5", "budget: 7", "the console", "key.refused"):
        assert words in page


def test_a_long_log_is_read_page_by_page_to_its_end(browser_of: Any, team: Team, alice: User) -> None:
    write(team, 2 * PAGE_SIZE + 1)
    client: Client = browser_of(alice)
    found, address = [], ""
    for _ in range(3):
        page = client.get(f"{PATH}{address}")
        found += acts(page)
        address = page.context["older_url"]
    assert found == [f"act.{number}" for number in range(2 * PAGE_SIZE + 1)]
    assert address == ""


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "2026-13-45", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "\0", "9" * 500],
)
def test_a_cursor_that_makes_no_sense_is_the_first_page_or_an_empty_one(
    browser_of: Any, team: Team, alice: User, cursor: str
) -> None:
    write(team, 1)
    assert browser_of(alice).get(PATH, {"before": cursor}).status_code == 200


def test_acts_are_recorded_with_address_and_request(browser_of: Any, team: Team, alice: User, bob: User) -> None:
    client: Client = browser_of(alice)
    path = reverse("teams:change_role", args=[bob.memberships.get().pk])
    answer = client.post(path, {"role": Role.VIEWER}, REMOTE_ADDR="203.0.113.9")
    event = AuditEvent.objects.get()
    assert (event.address, event.actor_label, event.actor_id) == ("203.0.113.9", "alice@example.com", alice.pk)
    assert event.request_id == answer.headers["X-Request-ID"]


def test_the_log_outlives_who_and_what_it_speaks_of(browser_of: Any, team: Team, alice: User, bob: User) -> None:
    record("thing.done", team, team_id=team.pk, actor=bob)
    bob.delete()
    assert "bob@example.com" in browser_of(alice).get(PATH).content.decode()


@pytest.mark.parametrize(("told", "kept"), [("192.0.2.7", "192.0.2.7"), ("evil<script>", None), ("9" * 200, None)])
def test_what_is_no_address_is_not_kept_as_one(team: Team, rf: RequestFactory, told: str, kept: str | None) -> None:
    record("act", team, team_id=team.pk, actor=None, request=rf.post("/", REMOTE_ADDR=told))
    assert AuditEvent.objects.get().address == kept

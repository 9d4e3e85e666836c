"""The audit log: owners and admins read it page by page, members may not, strangers have their own."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.audit.reading import PAGE_SIZE
from console.audit.recording import Thing, record
from console.teams.models import Role, Team, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PATH = reverse("audit:index")


def write(team: Team, count: int, actor: User | None = None) -> None:
    """Lines a second apart, the last one written now; `act.0` is the newest."""
    now = timezone.now()
    for number in reversed(range(count)):
        with time_machine.travel(now - timedelta(seconds=number), tick=False):
            record(f"act.{number}", team, team_id=team.pk, actor=actor)


def acts(page: Any) -> list[str]:
    return [line.event.act for line in page.context["lines"]]


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
    for words in ("alice@example.com", "Project changed", "<s>5</s> → 7", "the console", "Key refused by Rivya"):
        assert words in page


def test_a_moment_among_the_facts_reads_like_other_times_in_the_teams_zone(
    browser_of: Any, team: Team, alice: User
) -> None:
    Team.objects.update(time_zone="Europe/Paris")
    told = {"until": "2026-11-27T18:09:24+00:00", "reason": "2026-11-27T18:09:24+00:00"}
    event = record("support.opened", team, team_id=team.pk, actor=alice, after=told)
    page = browser_of(alice).get(reverse("audit:show", args=[event.pk])).content.decode()
    assert "27 Nov 2026, 19:09:24 CET" in page
    assert page.count("2026-11-27T18:09:24+00:00") == 1, "what was typed stays as it was typed"


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59+00:00", "2026-11-27", "never", ""])
def test_what_only_looks_like_a_moment_is_shown_as_it_is(browser_of: Any, team: Team, alice: User, until: str) -> None:
    Team.objects.update(time_zone="Pacific/Kiritimati")
    event = record("support.opened", team, team_id=team.pk, actor=alice, after={"until": until})
    page = browser_of(alice).get(reverse("audit:show", args=[event.pk]))
    assert f'audit-after">{until or "none"}<' in page.content.decode()


@pytest.mark.parametrize(("kind", "words"), [("bulk", "Bulk retry"), ("savedview", "Saved view")])
def test_a_kind_is_named_as_people_say_it(browser_of: Any, team: Team, alice: User, kind: str, words: str) -> None:
    record("act", Thing(kind, "1", "of today"), team_id=team.pk, actor=alice)
    assert f"{words} · of today" in browser_of(alice).get(PATH).content.decode()


def test_a_long_log_is_read_page_by_page_to_its_end(browser_of: Any, team: Team, alice: User) -> None:
    write(team, 2 * PAGE_SIZE + 1)
    client: Client = browser_of(alice)
    found, address = [], ""
    for _ in range(3):
        page = client.get(f"{PATH}{address}")
        found += acts(page)
        address = page.context["links"].older.removeprefix(PATH)
    assert found == [f"act.{number}" for number in range(2 * PAGE_SIZE + 1)]
    assert address == ""


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "older-1-x", f"older-{'9' * 99}-{'0' * 32}", f"newer-1-{'0' * 32}", "older--", "\0", "9" * 500],
)
def test_a_cursor_that_makes_no_sense_is_the_first_page_or_an_empty_one(
    browser_of: Any, team: Team, alice: User, cursor: str
) -> None:
    write(team, 1)
    assert browser_of(alice).get(PATH, {"page": cursor}).status_code == 200


def test_acts_are_recorded_with_address_and_request(browser_of: Any, team: Team, alice: User, bob: User) -> None:
    client: Client = browser_of(alice)
    assert not AuditEvent.objects.exists()
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

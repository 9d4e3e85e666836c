"""What is a team's own is closed to the staff, opens for a reason, for that team and for half an hour."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.notices.models import Notice
from console.support.models import Opening
from console.teams.models import Role, Team, User
from tests.factories import make_team, make_user
from tests.support.addresses import body_of, of_team, pages, product, stored
from tests.support.conftest import BYTES, PRIVATE, PROMPT, REASON, Owned, give_input
from tests.support.test_searching import page_of

OF_JOBS = ("show", "card", "row", "face", "timeline", "bundle", "code", "latest", "result", "result_download")
PRODUCT = [
    *(f"jobs:{name}" for name in (*OF_JOBS, "result_preview")),
    *("files:content", "files:preview", "files:card"),
    *("chat:show", "chat:export md", "chat:export json", "chat:turn", "chat:stream"),
]
PAGES = ["job", "conversation", "file"]
STORED = ["result", "result_preview", "file_bytes", "file_preview"]


def open_up(client: Client, team: Team, reason: str = REASON, after: str = "") -> Any:
    return client.post("/admin/openings/", {"team": str(team.pk), "reason": reason, "next": after})


@pytest.mark.parametrize("name", PRODUCT)
def test_staff_without_an_opening_are_strangers_to_the_product(support: Client, owned: Owned, name: str) -> None:
    assert support.get(product(owned)[name]).status_code == 404


def test_the_list_above_names_every_address_of_the_product(owned: Owned) -> None:
    assert sorted(PRODUCT) == sorted(product(owned))


@pytest.mark.parametrize("name", sorted(of_team()))
def test_a_teams_lists_exports_and_streams_are_not_the_staffs(support: Client, owned: Owned, name: str) -> None:
    answer = support.get(of_team()[name])
    assert answer.status_code in {302, 404}
    assert not any(private.encode() in body_of(answer) for private in PRIVATE)


@pytest.mark.parametrize("name", PRODUCT)
def test_an_opening_alone_does_not_open_the_product(support: Client, owned: Owned, opening: Opening, name: str) -> None:
    assert support.get(product(owned)[name]).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_closed_page_asks_for_a_reason_and_shows_nothing(support: Client, owned: Owned, name: str) -> None:
    answer = support.get(pages(owned)[name], follow=True)
    asked = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/admin/openings/new/")
    assert "Why do you need to read it?" in asked
    assert [private for private in PRIVATE if private in asked] == []


@pytest.mark.parametrize("name", STORED)
def test_closed_bytes_are_not_there(support: Client, owned: Owned, name: str) -> None:
    assert support.get(stored(owned)[name]).status_code == 404


def test_no_page_of_the_admin_site_shows_anything_private(support: Client, owned: Owned) -> None:
    give_input(owned)
    asked, shown = 0, []
    for model in admin.site._registry:
        rows = list(model._default_manager.all()[:3])
        paths = [page_of(row).replace("change/", page) for row in rows for page in ("change/", "history/")]
        for path in [list_of(model), *paths]:
            answer = support.get(path)
            asked += 1
            assert answer.status_code == 200, path
            shown += [(path, private) for private in PRIVATE if private in answer.content.decode()]
    assert shown == []
    assert asked > 40


def test_no_list_of_the_admin_site_finds_anything_by_what_is_private(support: Client, owned: Owned) -> None:
    things = [owned.job, owned.file, owned.conversation, owned.turn, owned.result]
    for model in admin.site._registry:
        if getattr(admin.site._registry[model], "search_fields", ()):
            for private in PRIVATE:
                page = support.get(list_of(model), {"q": private}).content.decode()
                assert [thing for thing in things if f"{thing.pk}/change/" in page] == []


def list_of(model: Any) -> str:
    """The admin site's list of them."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_a_field_that_nobody_names_is_shown_nowhere() -> None:
    """Django shows every field of a model whose admin names none."""
    silent = [model for model, page in admin.site._registry.items() if not (page.fields or page.fieldsets)]
    assert [model._meta.label for model in silent if model._meta.label != "audit.AuditEvent"] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_reason_opens_the_page_and_the_team_reads_who_looked(
    support: Client, sue: User, owned: Owned, name: str
) -> None:
    path = pages(owned)[name]
    answer = open_up(support, owned.team, after=path)
    assert answer.headers["Location"] == path
    page = support.get(path).content.decode()
    assert any(private in page for private in PRIVATE)
    line = AuditEvent.objects.get(act="support.read")
    assert (line.actor_id, line.team_id, line.after["reason"]) == (sue.pk, owned.team.pk, REASON)


def test_a_job_is_read_whole_in_an_opening(support: Client, owned: Owned, opening: Opening) -> None:
    give_input(owned)
    page = support.get(pages(owned)["job"]).content.decode()
    found = [private for private in PRIVATE if private in page]
    assert found == [PRIVATE[0], PRIVATE[1], "unreleased-logo.png", "Dana saw it at Rivya", "cannot draw a secret"]
    assert "Data of" in page
    assert REASON in page


@pytest.mark.parametrize("name", STORED)
def test_bytes_open_and_are_kept_by_no_cache(support: Client, owned: Owned, opening: Opening, name: str) -> None:
    answer = support.get(stored(owned)[name])
    assert (answer.status_code, body_of(answer)) == (200, BYTES)
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_opening_is_of_one_team_and_one_person(
    support: Client, owned: Owned, browser_of: Any, charlie: User
) -> None:
    open_up(support, charlie.memberships.get().team)
    other = browser_of(make_user("simon", is_staff=True))
    open_up(other, charlie.memberships.get().team)
    for client in (support, other):
        assert [client.get(path).status_code for path in stored(owned).values()] == [404] * 4
        assert [client.get(path).status_code for path in pages(owned).values()] == [302] * 3
    open_up(support, owned.team)
    assert [support.get(path).status_code for path in stored(owned).values()] == [200] * 4
    assert [other.get(path).status_code for path in stored(owned).values()] == [404] * 4


def test_after_half_an_hour_it_is_closed_again(support: Client, owned: Owned, opening: Opening) -> None:
    for minutes, status, page in ((29, 200, 200), (31, 404, 302)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            assert [support.get(path).status_code for path in stored(owned).values()] == [status] * 4
            assert [support.get(path).status_code for path in pages(owned).values()] == [page] * 3


def test_the_owner_and_the_admin_are_told_and_the_audit_log_knows(support: Client, owned: Owned, alice: User) -> None:
    ann, bob = make_user("ann", owned.team, Role.ADMIN), make_user("bob", owned.team)
    open_up(support, owned.team)
    told = Notice.objects.filter(kind="support")
    assert {notice.person for notice in told} == {alice, ann}
    assert bob not in {notice.person for notice in told}
    assert REASON in told[0].text
    line = AuditEvent.objects.get(act="support.opened")
    assert (line.team_id, line.actor_label, line.after["reason"]) == (owned.team.pk, "sue@example.com", REASON)


def test_opening_twice_is_once_and_no_longer(support: Client, owned: Owned) -> None:
    open_up(support, owned.team)
    until = Opening.objects.get().until
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        open_up(support, owned.team, reason="Another reason altogether")
    assert Opening.objects.get().until == until
    assert AuditEvent.objects.filter(act="support.opened").count() == 1


@pytest.mark.parametrize("reason", ["", " ", "because", "x" * 281, "a\0b" * 5, "because\u3164\u200b\u2800\u00ad"])
def test_no_reason_opens_nothing(support: Client, owned: Owned, reason: str) -> None:
    assert open_up(support, owned.team, reason=reason).status_code == 422
    assert not Opening.objects.exists()


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_no_team_opens_nothing(support: Client, owned: Owned, named: str) -> None:
    assert support.post("/admin/openings/", {"team": named, "reason": REASON}).status_code == 404


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "x"])
def test_nobody_is_led_out_of_the_console(support: Client, owned: Owned, after: str) -> None:
    assert open_up(support, owned.team, after=after).headers["Location"] == "/admin/openings/"


def test_the_owner_reads_the_reason_and_ends_it(
    support: Client, owned: Owned, opening: Opening, browser_of: Any, alice: User
) -> None:
    page = browser_of(alice).get("/team/support/").content.decode()
    assert REASON in page
    assert reverse("support:end", args=[opening.pk]) in page
    assert browser_of(alice).post(reverse("support:end", args=[opening.pk])).status_code == 302
    assert support.get(pages(owned)["job"]).status_code == 302
    assert AuditEvent.objects.get(act="support.closed").actor_id == alice.pk
    assert reverse("support:end", args=[opening.pk]) not in browser_of(alice).get("/team/support/").content.decode()


def test_a_member_neither_reads_nor_ends_it(owned: Owned, opening: Opening, browser_of: Any, bob: User) -> None:
    assert browser_of(bob).get("/team/support/").status_code == 403
    assert browser_of(bob).post(reverse("support:end", args=[opening.pk])).status_code == 403
    opening.refresh_from_db()
    assert opening.is_open


def test_staff_close_their_own_and_nobody_elses(
    support: Client, owned: Owned, opening: Opening, browser_of: Any
) -> None:
    path = reverse("admin:opening_end", args=[opening.pk])
    assert browser_of(make_user("simon", is_staff=True)).post(path).status_code == 404
    assert support.post(path).status_code == 302
    assert support.get(pages(owned)["job"]).status_code == 302


def test_whoever_is_no_longer_staff_reads_nothing(support: Client, sue: User, owned: Owned, opening: Opening) -> None:
    User.objects.filter(pk=sue.pk).update(is_staff=False)
    assert PROMPT not in support.get(pages(owned)["job"], follow=True).content.decode()
    assert support.get(stored(owned)["result"]).status_code == 302


def test_an_empty_team_says_that_nobody_has_looked(browser_of: Any, charlie: User) -> None:
    assert "Nobody has looked" in browser_of(charlie).get("/team/support/").content.decode()
    make_team(name="Another")

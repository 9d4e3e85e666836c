"""Seeing as somebody else sees: only in an opening, read-only, said on every page, over after half an hour."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.chat import listening
from console.chat.models import Turn
from console.jobs.models import Job
from console.live import stream
from console.notices.models import Notice
from console.notices.telling import tell
from console.support.models import Opening, Viewing
from console.support.viewing import COOKIE
from console.teams.models import Membership, Role, Team, User
from tests.factories import make_key, make_project, make_team, make_turn, make_user
from tests.house.routes import routes
from tests.house.test_strangers import OBJECT_OF, arguments
from tests.live.test_stream import listen, rest
from tests.support.addresses import body_of, of_team, product
from tests.support.conftest import PRIVATE, Owned, look

AS_A_STREAM = {"Accept": "text/event-stream"}
SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"


def test_every_address_of_the_product_opens_through_a_members_eyes(seen: Client, owned: Owned) -> None:
    paths = product(owned)
    paths.pop("chat:stream")
    answers = {name: seen.get(path) for name, path in paths.items()}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
    found = b"".join(body_of(answer) for answer in answers.values())
    assert [private for private in PRIVATE if private.encode() not in found] == []
    assert all("no-store" in answer.headers["Cache-Control"] for answer in answers.values())


@pytest.mark.parametrize("path", ["/", "/jobs/", "/chat/", "/files/", "/usage/", "/people/", "/models/", "/nothing/"])
def test_every_page_says_whose_eyes_these_are(seen: Client, owned: Owned, path: str) -> None:
    page = unescape(seen.get(path).content.decode())
    assert "You see what alice@example.com sees in Alice's team." in page
    assert "You are sue@example.com" in page
    assert 'action="/admin/viewing/end/"' in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_that_is_not_a_look_passes(seen: Client, owned: Owned, method: str) -> None:
    paths = [reverse("jobs:index"), reverse("chat:index"), reverse("teams:settings"), reverse("account_email")]
    paths += [reverse("chat:turns", args=[owned.conversation.pk]), reverse("jobs:check", args=[owned.job.pk])]
    paths += [reverse("chat:retry", args=[owned.turn.pk]), reverse("support:end", args=[Opening.objects.get().pk])]
    for path in paths:
        answer = getattr(seen, method)(path)
        assert (path, answer.status_code) == (path, 403)
        assert "Support looks and changes nothing" in answer.content.decode()
        assert "ask an owner" not in answer.content.decode()
    assert Job.objects.count() == 1
    assert Opening.objects.get().is_open


def test_looking_writes_nothing_at_all(seen: Client, owned: Owned, alice: User) -> None:
    tell([alice], team=owned.team, kind="budget", key="budget-80", title="Spring has used 80 %", url="/usage/")
    Job.objects.filter(pk=owned.job.pk).update(status=Job.Status.SUCCEEDED, error_code="")
    things = {"job": owned.job, "result": owned.result, "file": owned.file, "project": owned.job.project}
    things |= {"key": owned.key, "account": owned.key.account, "conversation": owned.conversation, "turn": owned.turn}
    things |= {"membership": alice.memberships.get(), "team": owned.team, "notice": Notice.objects.get()}
    written, asked = [], 0
    for route in routes():
        kind = OBJECT_OF.get(route.name)
        if route.name.startswith("admin:") or (route.parameters and kind not in things):
            continue
        if route.name in {"live:stream", "chat:stream"}:
            continue
        path = reverse(route.name, args=arguments(route, str(things[kind].pk)) if kind in things else [])
        with CaptureQueriesContext(connection) as queries:
            body_of(seen.get(path))
        asked += 1
        sql = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        written += [(path, each) for each in sql if not _is_the_consoles_own(each)]
    assert written == []
    assert asked > 40
    taken = list(AuditEvent.objects.filter(act__in=("jobs.exported", "job.bundled", "conversation.exported")))
    assert len(taken) == 3
    told = {(line.actor_id, line.after["seen_as"]) for line in taken}
    assert told == {(User.objects.get(email="sue@example.com").pk, str(alice))}
    assert Job.objects.get(pk=owned.job.pk).opened_at is None
    assert Notice.objects.get(kind="budget").read_at is None


def _is_the_consoles_own(sql: str) -> bool:
    """Which team the staff's own session shows, what the console remembers of Rivya, and what was taken away."""
    own = ("audit_", "django_session", "console_cache", "catalogue_catalogue", "credits_walletwatch", "engine_ration")
    return any(table in sql for table in own)


def test_both_names_stand_in_the_audit_log(seen: Client, sue: User, alice: User, owned: Owned) -> None:
    seen.post("/admin/viewing/end/")
    lines = AuditEvent.objects.filter(act__startswith="support.view").order_by("at")
    assert [line.act for line in lines] == ["support.view_began", "support.view_ended"]
    for line in lines:
        assert (line.actor_id, line.object_id, line.team_id) == (sue.pk, str(alice.pk), owned.team.pk)
        assert (line.after["staff"], line.after["seen_as"]) == (str(sue), str(alice))


def test_the_button_gives_the_staff_their_own_eyes_back(seen: Client, owned: Owned) -> None:
    seen.post("/admin/viewing/end/")
    assert COOKIE not in {name for name, cookie in seen.cookies.items() if cookie.value}
    assert [seen.get(path).status_code for path in product(owned).values()] == [404] * len(product(owned))


def test_a_kept_cookie_opens_nothing_once_it_is_over(seen: Client, owned: Owned) -> None:
    kept = seen.cookies[COOKIE].value
    seen.post("/admin/viewing/end/")
    seen.cookies[COOKIE] = kept
    assert seen.get(product(owned)["jobs:show"]).headers["Location"] == reverse("admin:openings")
    assert seen.get(product(owned)["jobs:show"]).status_code == 404


@pytest.mark.parametrize("how", ["time", "owner", "staff", "member", "inactive", "another team"])
def test_it_is_over_with_whatever_it_stands_on(
    seen: Client, sue: User, alice: User, owned: Owned, browser_of: Any, how: str
) -> None:
    opening, later = Opening.objects.get(), timezone.now() + timedelta(minutes=31)
    make_user("olga", owned.team, Role.OWNER)
    if how == "owner":
        browser_of(alice).post(reverse("support:end", args=[opening.pk]))
    if how == "staff":
        User.objects.filter(pk=sue.pk).update(is_staff=False)
    if how == "member":
        Membership.objects.filter(user=alice).delete()
    if how == "inactive":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    if how == "another team":
        make_team(alice, name="A closed team")
    with time_machine.travel(later if how == "time" else timezone.now(), tick=False):
        answers = [seen.get(path) for path in (*product(owned).values(), *of_team().values())]
        assert {answer.status_code for answer in answers} <= {302, 404}
        assert not any(private.encode() in body_of(answer) for answer in answers for private in PRIVATE)
        assert seen.post(reverse("jobs:check", args=[owned.job.pk])).status_code in {403, 404}


def test_what_was_open_only_to_others_eyes_stays_closed_to_the_staffs(
    support: Client, opening: Opening, owned: Owned
) -> None:
    """A viewer may not read the audit log, so neither may whoever looks through a viewer's eyes."""
    vera = make_user("vera", owned.team, Role.VIEWER)
    look(support, opening, vera)
    assert support.get("/people/").status_code == 200
    assert [support.get(path).status_code for path in ("/audit/", "/team/", "/team/support/", "/keys/new/")] == [
        403
    ] * 4


def test_somebody_of_a_closed_team_too_is_not_looked_through(support: Client, opening: Opening, alice: User) -> None:
    make_team(alice, name="A closed team")
    answer = support.post("/admin/viewing/", {"opening": str(opening.pk), "person": str(alice.pk)}, follow=True)
    assert "A closed team" in answer.content.decode()
    assert not Viewing.objects.exists()
    assert COOKIE not in support.cookies


@pytest.mark.parametrize("who", ["charlie", "nobody", "left"])
def test_only_members_of_the_opened_team_are_looked_through(
    support: Client, opening: Opening, charlie: User, alice: User, who: str
) -> None:
    if who == "left":
        Membership.objects.filter(user=alice).delete()
    person = {"charlie": str(charlie.pk), "nobody": "x", "left": str(alice.pk)}[who]
    assert support.post("/admin/viewing/", {"opening": str(opening.pk), "person": person}).status_code == 404


@pytest.mark.parametrize("how", ["over", "anothers"])
def test_nobody_looks_without_an_opening_of_their_own(
    support: Client, opening: Opening, alice: User, browser_of: Any, how: str
) -> None:
    client = browser_of(make_user("simon", is_staff=True)) if how == "anothers" else support
    if how == "over":
        Opening.objects.update(until=timezone.now())
    assert look(client, opening, alice).status_code == 404


def test_anothers_cookie_opens_nothing(seen: Client, owned: Owned, browser_of: Any, charlie: User) -> None:
    for person in (make_user("simon", is_staff=True), charlie):
        other = browser_of(person)
        other.cookies[COOKIE] = seen.cookies[COOKIE].value
        assert other.get(product(owned)["jobs:show"]).status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "0" * 36, "\\0", "é"])
def test_a_cookie_that_makes_no_sense_is_nothing(support: Client, owned: Owned, cookie: str) -> None:
    support.cookies[COOKIE] = cookie
    assert support.get(product(owned)["jobs:show"]).status_code == 404


def test_in_the_admin_site_the_staff_are_themselves(seen: Client, owned: Owned) -> None:
    page = seen.get("/admin/").content.decode()
    assert "sue@example.com" in page
    assert "You see what" not in page


@pytest.fixture
async def closed() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


@pytest.mark.django_db(transaction=True)
async def test_an_open_stream_ends_with_the_opening(
    closed: None, monkeypatch: pytest.MonkeyPatch, team: Team, alice: User, sue: User
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.1)
    opening = await Opening.objects.acreate(team=team, staff=sue, reason="To see whether streams end")
    client = AsyncClient()
    await client.aforce_login(sue, backend=SIGNED_IN_BY)
    assert (await client.get(reverse("live:stream"))).status_code == 404
    begun = {"opening": str(opening.pk), "person": str(alice.pk)}
    assert (await client.post("/admin/viewing/", begun)).status_code == 302
    body, _ = await listen(client)
    assert await anext(body) == b": still here\n\n"
    await Opening.objects.aupdate(until=timezone.now())
    assert set(await rest(body)) <= {b": still here\n\n"}
    assert (await client.get(reverse("live:stream"), headers=AS_A_STREAM)).status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_a_post_that_would_stream_is_refused(closed: None, team: Team, alice: User, sue: User) -> None:
    opening = await Opening.objects.acreate(team=team, staff=sue, reason="To see whether streams begin")
    client = AsyncClient()
    await client.aforce_login(sue, backend=SIGNED_IN_BY)
    await client.post("/admin/viewing/", {"opening": str(opening.pk), "person": str(alice.pk)})
    for path in (reverse("chat:index"), reverse("chat:turns", args=[opening.pk])):
        answer: Any = await client.post(path, {"text": "Hello"}, headers={"Accept": "text/event-stream"})
        assert (answer.status_code, answer.streaming) == (403, False)


@pytest.mark.django_db(transaction=True)
async def test_the_stream_of_an_answer_ends_with_the_opening(
    closed: None, monkeypatch: pytest.MonkeyPatch, team: Team, alice: User, sue: User
) -> None:
    monkeypatch.setattr(listening, "HEARTBEAT_SECONDS", 0.1)
    turn = await sync_to_async(_being_answered)(team, alice)
    path = reverse("chat:stream", args=[turn.pk])
    opening = await Opening.objects.acreate(team=team, staff=sue, reason="To see whether answers end")
    client = AsyncClient()
    await client.aforce_login(sue, backend=SIGNED_IN_BY)
    assert (await client.get(path)).status_code == 404
    await client.post("/admin/viewing/", {"opening": str(opening.pk), "person": str(alice.pk)})
    answer: Any = await client.get(path)
    body = aiter(answer)
    while await anext(body) != b": still here\n\n":
        pass
    await Opening.objects.aupdate(ended_at=timezone.now())
    heard = b"".join(await rest(body))
    assert b"turn-elsewhere" in heard
    assert b"What is our secret plan" not in heard
    assert (await client.get(path, headers=AS_A_STREAM)).status_code == 404


def _being_answered(team: Team, person: User) -> Turn:
    """A turn that another process answers."""
    project = make_project(team, make_key(team))
    later = timezone.now() + timedelta(minutes=5)
    return make_turn(project, person, "What is our secret plan", status=Turn.Status.STREAMING, leased_until=later)

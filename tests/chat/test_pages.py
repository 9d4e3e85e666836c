"""Who may see and do what in the chat room, and what its forms say."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from console.chat.models import Conversation, Turn
from console.credits.models import Entry
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.chat.answering import ended, take_up
from tests.conftest import Sandbox
from tests.factories import make_chat_model, make_turn, make_user

BrowserOf = Callable[[User], Client]


@pytest.fixture
def turn(project: Project, alice: User) -> Turn:
    return make_turn(project, alice, "[short] How do we launch?")


def places(turn: Turn) -> list[tuple[str, str]]:
    conversation = [turn.conversation_id]
    return [
        ("GET", reverse("chat:show", args=conversation)),
        ("GET", reverse("chat:turns", args=conversation)),
        ("POST", reverse("chat:turns", args=conversation)),
        ("POST", reverse("chat:title", args=conversation)),
        ("POST", reverse("chat:archive", args=conversation)),
        ("GET", reverse("chat:export", args=[turn.conversation_id, "md"])),
        ("GET", reverse("chat:export", args=[turn.conversation_id, "json"])),
        ("GET", reverse("chat:turn", args=[turn.pk])),
        ("GET", reverse("chat:stream", args=[turn.pk])),
        ("POST", reverse("chat:stop", args=[turn.pk])),
        ("POST", reverse("chat:retry", args=[turn.pk])),
        ("POST", reverse("chat:resolution", args=[turn.pk])),
        ("GET", reverse("chat:using_key", args=[turn.conversation.key_id])),
    ]


def test_a_stranger_finds_nothing_of_a_conversation(turn: Turn, charlie: User, browser_of: BrowserOf) -> None:
    browser = browser_of(charlie)
    assert {browser.generic(method, url).status_code for method, url in places(turn)} == {404}
    turn.refresh_from_db()
    assert turn.stop_requested_at is None


def test_a_stranger_cannot_begin_a_conversation_in_a_foreign_project(
    project: Project, charlie: User, browser_of: BrowserOf
) -> None:
    form = {"project": project.pk, "model": make_chat_model().pk, "message": "Hello", "submission": uuid4()}
    assert browser_of(charlie).post("/chat/", form).status_code == 404


def test_a_viewer_reads_and_cannot_ask_or_stop(turn: Turn, team: Team, browser_of: BrowserOf) -> None:
    browser = browser_of(make_user("vera", team, Role.VIEWER))
    for method, url in places(turn):
        assert browser.generic(method, url).status_code == 403 if method == "POST" else 200, url


def test_a_question_without_scripts_leads_to_its_conversation(
    project: Project, alice: User, sandbox: Sandbox, browser_of: BrowserOf
) -> None:
    form = {"project": project.pk, "model": make_chat_model().pk, "message": "[short] Hi", "submission": uuid4()}
    browser = browser_of(alice)
    answers = [browser.post("/chat/", form) for _ in range(2)]
    conversation = Conversation.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {reverse("chat:show", args=[conversation.pk])}
    take_up()
    next_one = {"message": "[short] And?", "submission": uuid4()}
    answer = browser.post(reverse("chat:turns", args=[conversation.pk]), next_one)
    second = conversation.turns.get(position=2)
    assert answer.headers["Location"].endswith(f"#turn-{second.pk}")
    take_up()
    assert [turn.status for turn in conversation.turns.all()] == ["done", "done"]
    assert Entry.objects.filter(kind="settle").count() == 2


@pytest.mark.parametrize("message", ["", "   ", "x" * 20_001])
def test_a_question_that_does_not_fit_is_told_so_and_sends_nothing(
    turn: Turn, alice: User, browser_of: BrowserOf, message: str
) -> None:
    ended(turn)
    url = reverse("chat:turns", args=[turn.conversation_id])
    answer = browser_of(alice).post(url, {"message": message, "submission": uuid4()}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert turn.conversation.turns.count() == 1


def test_a_second_question_waits_for_the_first(turn: Turn, alice: User, browser_of: BrowserOf) -> None:
    url = reverse("chat:turns", args=[turn.conversation_id])
    answer = browser_of(alice).post(url, {"message": "Next", "submission": uuid4()}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert Entry.objects.count() == 1


def test_a_budget_that_is_used_up_makes_no_turn(
    turn: Turn, project: Project, alice: User, browser_of: BrowserOf
) -> None:
    ended(turn)
    Project.objects.filter(pk=project.pk).update(monthly_budget=3)
    url = reverse("chat:turns", args=[turn.conversation_id])
    answer = browser_of(alice).post(url, {"message": "Next", "submission": uuid4()}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert turn.conversation.turns.count() == 1


def test_controls_that_the_model_lacks_are_not_sent(
    project: Project, alice: User, sandbox: Sandbox, browser_of: BrowserOf
) -> None:
    able = make_chat_model()
    lacking = make_chat_model("plain-chat", raw={"chat_capabilities": {"streaming": True}})
    wished = {"message": "Hi", "enable_web_search": "on", "reasoning_effort": "high"}
    for model in (able, lacking):
        form = {"project": project.pk, "model": model.pk, "submission": uuid4(), **wished}
        assert browser_of(alice).post("/chat/", form).status_code == 302
    sent = {
        turn.conversation.model: json.loads(bytes(turn.body)) for turn in Turn.objects.select_related("conversation")
    }
    assert sent[able.pk]["enable_web_search"] is True
    assert sent[able.pk]["reasoning_effort"] == "high"
    assert not sent[lacking.pk].keys() & {"enable_web_search", "reasoning_effort", "thought_mode"}


def test_a_retry_is_a_new_turn_with_its_own_key_and_price(
    turn: Turn, alice: User, sandbox: Sandbox, browser_of: BrowserOf
) -> None:
    first = ended(turn)
    form = {"submission": uuid4()}
    url = reverse("chat:retry", args=[first.pk])
    answers = [browser_of(alice).post(url, form) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    again = Turn.objects.get(retried_from=first)
    assert (again.question, again.position) == (first.question, 2)
    assert again.idempotency_key != first.idempotency_key
    assert ended(again).status == Turn.Status.DONE


def test_no_conversation_begins_in_an_archived_project(project: Project, alice: User, browser_of: BrowserOf) -> None:
    make_chat_model()
    Project.objects.filter(pk=project.pk).update(archived_at="2026-01-01T00:00:00Z")
    form = {"project": project.pk, "model": "gpt-5-2-chat", "message": "Hello", "submission": str(uuid4())}
    said = browser_of(alice).post(reverse("chat:index"), form)
    assert said.status_code == 422
    assert "The project is archived." in said.content.decode()
    assert not Turn.objects.exists()


@pytest.mark.parametrize("what", ["project", "model"])
def test_nothing_is_asked_again_where_nothing_may_be_asked(
    turn: Turn, project: Project, alice: User, browser_of: BrowserOf, what: str
) -> None:
    take_up()
    if what == "project":
        Project.objects.filter(pk=project.pk).update(archived_at=turn.created_at)
    else:
        make_chat_model(gone_at=turn.created_at)
    said = browser_of(alice).post(
        reverse("chat:retry", args=[turn.pk]), {"submission": str(uuid4())}, headers={"HX-Request": "true"}
    )
    assert said.status_code == 409
    assert "Nothing was charged" in said.content.decode()
    assert turn.conversation.turns.count() == 1


def test_an_export_holds_what_was_said_and_what_it_cost(
    turn: Turn, alice: User, sandbox: Sandbox, browser_of: BrowserOf
) -> None:
    done = ended(turn)
    browser = browser_of(alice)
    markdown = browser.get(reverse("chat:export", args=[turn.conversation_id, "md"])).content.decode()
    assert f"> {done.question}" in markdown
    assert done.answer in markdown
    exported: dict[str, Any] = browser.get(reverse("chat:export", args=[turn.conversation_id, "json"])).json()
    assert exported["turns"][0]["answer"] == done.answer
    assert exported["turns"][0]["credits"] == {"reserved": 3, "final": 1}
    assert browser.get(f"/chat/{turn.conversation_id}/export.exe").status_code == 404


def test_a_conversation_is_renamed_archived_and_found_again(turn: Turn, bob: User, browser_of: BrowserOf) -> None:
    browser, pk = browser_of(bob), turn.conversation_id
    browser.post(reverse("chat:title", args=[pk]), {"title": "Launch words"})
    link = reverse("chat:show", args=[pk]).encode()
    assert b"Launch words" in browser.get("/chat/?q=how do we").content
    browser.post(reverse("chat:archive", args=[pk]), {"archived": "1"})
    assert link not in browser.get("/chat/").content
    assert link in browser.get("/chat/?archived=1").content
    browser.post(reverse("chat:archive", args=[pk]), {"archived": "0"})
    assert link in browser.get("/chat/").content


@pytest.mark.parametrize("before", ["x", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00"])
def test_a_page_of_the_list_that_no_calendar_has_is_the_first(
    turn: Turn, alice: User, browser_of: BrowserOf, before: str
) -> None:
    page = browser_of(alice).get(reverse("chat:index"), {"before": before})
    assert page.status_code == 200
    assert "How do we launch?" in page.content.decode()


def test_a_turn_that_nobody_can_ask_about_is_settled_by_a_person(
    turn: Turn, alice: User, browser_of: BrowserOf
) -> None:
    Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.NEEDS_REVIEW, error_code="outcome_unknown")
    url, browser = reverse("chat:resolution", args=[turn.pk]), browser_of(alice)
    assert browser.post(url, {"outcome": "ran"}).status_code == 422
    told = {"outcome": "ran", "credits": 2, "reason": "Rivya's list shows it."}
    assert browser.post(url, told).status_code == 302
    turn.refresh_from_db()
    assert (turn.status, turn.final_credits) == (Turn.Status.FAILED, 2)
    assert Entry.objects.get(subject=turn.pk, kind="settle").credits == 2


def test_support_sees_a_turn_without_what_was_said(turn: Turn, browser_of: BrowserOf) -> None:
    support = make_user("sue", is_staff=True, is_superuser=True)
    page = browser_of(support).get(f"/admin/chat/turn/{turn.pk}/change/")
    assert page.status_code == 200
    assert b"How do we launch" not in page.content
    assert turn.idempotency_key.encode() in page.content
    page = browser_of(support).get(f"/admin/chat/conversation/{turn.conversation_id}/change/")
    assert b"How do we launch" not in page.content


def test_another_model_begins_with_the_last_question_however_long(
    project: Project, alice: User, charlie: User, browser_of: BrowserOf
) -> None:
    question = f"How do we launch? {'And then? ' * 300}".strip()
    asked = make_turn(project, alice, question)
    page = browser_of(alice).get(reverse("chat:show", args=[asked.conversation_id])).content.decode()
    address = f"{reverse('chat:new')}?project={project.pk}&amp;turn={asked.pk}"
    assert address in page
    assert question in browser_of(alice).get(address.replace("&amp;", "&")).content.decode()
    stolen = browser_of(charlie).get(f"{reverse('chat:new')}?turn={asked.pk}")
    assert "How do we launch" not in stolen.content.decode()
    assert browser_of(alice).get(f"{reverse('chat:new')}?turn=nonsense").status_code == 200

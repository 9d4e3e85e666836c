"""An adopted answer is charged with Rivya's own figure: its key is asked for a replay, which buys nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.chat.models import Turn
from console.credits.models import Entry
from console.keys.models import Secret
from console.projects.models import Project
from console.teams.models import User
from tests.chat.answering import assert_true, ended, strike
from tests.chat.conftest import STREAM
from tests.conftest import Sandbox
from tests.factories import make_turn

CUT = {"fault": "cut_stream", "after_events": 5, "committed": True}


@pytest.fixture
def turn(project: Project, alice: User, sandbox: Sandbox) -> Turn:
    return make_turn(project, alice, "[short] How do we launch?")


def adopted(turn: Turn, sandbox: Sandbox, *faults: dict[str, Any], **sent: Any) -> Turn:
    """The turn after its stream was cut behind the commit, with these faults for the replay."""
    strike(sandbox, STREAM, CUT)
    for fault in faults:
        strike(sandbox, STREAM, fault)
    Turn.objects.filter(pk=turn.pk).update(**sent)
    return ended(turn)


def events(*told: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """An answer of these events in the place of Rivya's own."""
    text = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in told)
    return {"fault": "answer", "text": text, "headers": {"content-type": "text/event-stream"}}


def charged(turn: Turn) -> int:
    return Entry.objects.filter(subject=turn.pk).charged()


@pytest.mark.parametrize(("after", "posts_made"), [(0, 2), (1, 2), (2, 2), (3, 2), (4, 1), (5, 1)])
def test_an_answer_that_was_cut_off_anywhere_has_rivyas_own_figures(
    project: Project, alice: User, sandbox: Sandbox, after: int, posts_made: int
) -> None:
    """Events: session.created, one delta, message.completed, usage.completed, done."""
    strike(sandbox, STREAM, CUT | {"after_events": after})
    done = ended(make_turn(project, alice, "[say] Yes."))
    assert (done.status, done.answer) == (Turn.Status.DONE, "Yes.")
    assert (done.reserved_credits, done.final_credits, charged(done)) == (3, 1, 1)
    assert done.total_tokens
    assert [each["posts"] for each in posts(sandbox)] == [posts_made]
    assert_true(sandbox, done)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "reset"},
        {"fault": "error", "code": "internal_error"},
        {"fault": "error", "code": "idempotency_conflict", "status": 409},
        {"fault": "rate_limited", "seconds": 1},
        {"fault": "html", "status": 200},
        {"fault": "half_body", "share": 0.7},
    ],
    ids=lambda fault: fault["fault"],
)
def test_a_replay_that_fails_is_asked_for_again(turn: Turn, sandbox: Sandbox, fault: dict[str, Any]) -> None:
    done = adopted(turn, sandbox, fault)
    assert (done.final_credits, charged(done)) == (1, 1)
    assert_true(sandbox, done)


@pytest.mark.parametrize(
    "first",
    [
        ("session.created", {"session_id": "sess_another"}),
        ("message.delta", {"delta": "Anew", "index": 0}),
    ],
    ids=lambda first: first[0],
)
def test_what_is_no_replay_is_left_at_once_and_the_reserve_stands(
    turn: Turn, sandbox: Sandbox, first: tuple[str, dict[str, Any]]
) -> None:
    bought = {"id": "msg_x", "role": "assistant", "content": "Anew"}
    rest: list[tuple[str, dict[str, Any]]] = [
        ("message.completed", {"message": bought}),
        ("usage.completed", {"credits": {"reserved": 3, "final": 2}}),
        ("done", {"ok": True}),
    ]
    done = adopted(turn, sandbox, events(first, *rest))
    assert (done.status, done.final_credits, charged(done)) == (Turn.Status.DONE, None, 3)
    assert done.answer != "Anew"
    assert_true(sandbox, done)


def test_an_old_key_is_never_sent_again(turn: Turn, sandbox: Sandbox) -> None:
    done = adopted(turn, sandbox, first_sent_at=timezone.now() - timedelta(hours=20, minutes=1))
    assert (done.status, done.final_credits, charged(done)) == (Turn.Status.DONE, None, 3)
    assert [each["posts"] for each in posts(sandbox)] == [1]


def test_rivyas_silence_ends_with_the_reserve_and_says_so(
    turn: Turn, sandbox: Sandbox, browser_of: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.chat.confirming.CONFIRM_SECONDS", (0, 0.1))
    done = adopted(turn, sandbox, {"fault": "close", "times": None})
    assert (done.final_credits, charged(done)) == (None, 3)
    assert [each["posts"] for each in posts(sandbox)] == [3]
    page = page_of(browser_of(alice), done)
    assert "3 credits assumed" in page
    assert "Rivya never told its figure: this much was reserved" in page


@pytest.fixture
def unsettled(turn: Turn) -> Turn:
    """As a kill leaves it behind the commit: the answer is here, its charge is not."""
    Turn.objects.filter(pk=turn.pk).update(
        status=Turn.Status.DONE, answer="In a word: yes.", sends=1, first_sent_at=timezone.now()
    )
    return Turn.objects.select_related("conversation").get(pk=turn.pk)


def test_while_the_charge_is_found_out_the_answer_is_there(unsettled: Turn, browser_of: Any, alice: User) -> None:
    page = page_of(browser_of(alice), unsettled)
    assert "Finding out what was charged" in page
    assert "In a word: yes." in page


def test_a_key_that_was_put_away_meanwhile_is_not_used(unsettled: Turn, sandbox: Sandbox) -> None:
    Secret.objects.filter(pk=unsettled.secret_id).update(state=Secret.State.RETIRED)
    done = ended(unsettled)
    assert (done.status, done.final_credits, charged(done)) == (Turn.Status.DONE, None, 3)
    assert posts(sandbox) == []


def posts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [each for each in sandbox.state()["idempotency"] if each["account"] == sandbox.account]


def page_of(client: Client, turn: Turn) -> str:
    return client.get(reverse("chat:show", args=[turn.conversation_id])).content.decode()

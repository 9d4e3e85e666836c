"""A turn is paid for once, whatever happens on the way, and ends with the text that Rivya's session holds."""

import json
import urllib.request
from typing import Any

import pytest

from console.chat.explaining import explain
from console.chat.models import Turn, TurnPiece
from console.credits import ledger
from console.keys.models import Secret
from console.projects.models import Project
from console.teams.models import User
from tests.chat.answering import assert_true, ended, strike, take_up, turns_at_rivya
from tests.conftest import Sandbox
from tests.factories import make_chat_model, make_turn

STREAM = "/api/v1/chat/completions/stream"
WHOLE = "/api/v1/chat/completions"


@pytest.fixture
def turn(project: Project, alice: User, sandbox: Sandbox) -> Turn:
    return make_turn(project, alice, "[short] How do we launch?")


def said_at_rivya(sandbox: Sandbox, turn: Turn) -> list[str]:
    turn.conversation.refresh_from_db()
    url = f"{sandbox.url}/api/v1/chat/sessions/{turn.conversation.session_id}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {sandbox.secret}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return [each["content"] for each in json.loads(answer.read())["messages"] if each["role"] == "assistant"]


def test_an_answer_is_the_text_that_rivya_committed_with_its_tokens_and_credits(turn: Turn, sandbox: Sandbox) -> None:
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert [done.answer] == said_at_rivya(sandbox, done)
    assert (done.reserved_credits, done.final_credits, done.sends) == (3, 1, 1)
    assert done.total_tokens
    assert not TurnPiece.objects.exists()
    assert_true(sandbox, done)


def test_the_next_question_goes_into_the_same_session(
    turn: Turn, project: Project, alice: User, sandbox: Sandbox
) -> None:
    first = ended(turn)
    first.conversation.refresh_from_db()
    second = ended(make_turn(project, alice, "[short] And then?", conversation=first.conversation))
    assert second.position == 2
    assert said_at_rivya(sandbox, second) == [first.answer, second.answer]


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "lost"])
@pytest.mark.parametrize("how", ["reset", "half", "end"])
@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_cut_ends_in_the_truth_with_one_charge(
    turn: Turn, sandbox: Sandbox, after: int, how: str, committed: bool
) -> None:
    strike(sandbox, STREAM, {"fault": "cut_stream", "after_events": after, "committed": committed, "how": how})
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert [done.answer] == said_at_rivya(sandbox, done)
    assert_true(sandbox, done)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "reset", "when": "before"},
        {"fault": "reset", "when": "after"},
        {"fault": "close", "when": "after"},
        {"fault": "error", "code": "internal_error", "status": 500},
        {"fault": "error", "code": "internal_error", "status": 500, "when": "after"},
        {"fault": "html", "status": 200, "when": "after"},
        {"fault": "rate_limited", "retry_after": "seconds", "seconds": 1},
        {"fault": "unavailable"},
        {"fault": "odd_stream", "comments": True, "crlf": True, "unknown_event": True, "split_bytes": 3},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_bad_answer_is_asked_again_with_the_same_key_and_bytes(
    turn: Turn, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    strike(sandbox, STREAM, fault)
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert [done.answer] == said_at_rivya(sandbox, done)
    assert_true(sandbox, done)


def test_an_error_in_mid_answer_ends_the_turn_uncharged_and_keeps_what_had_come(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    failed = ended(make_turn(project, alice, "[fail] What now?"))
    assert (failed.status, failed.error_code, failed.final_credits) == (Turn.Status.FAILED, "internal_error", 0)
    assert failed.answer
    assert_true(sandbox, failed)


def test_an_error_after_the_commit_does_not_lose_the_answer(turn: Turn, sandbox: Sandbox) -> None:
    strike(sandbox, STREAM, {"fault": "stream_error", "after_events": 2, "committed": True})
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert [done.answer] == said_at_rivya(sandbox, done)
    assert_true(sandbox, done)


@pytest.mark.parametrize(
    ("words", "code"),
    [("[refuse] No", "validation_failed"), ("[broke] Money", "insufficient_credits")],
)
def test_a_refusal_costs_nothing(project: Project, alice: User, sandbox: Sandbox, words: str, code: str) -> None:
    refused = ended(make_turn(project, alice, words))
    assert (refused.status, refused.error_code) == (Turn.Status.REFUSED, code)
    assert_true(sandbox, refused)


def test_a_refused_question_says_what_can_be_done_in_a_conversation(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    refused = explain(ended(make_turn(project, alice, "[refuse] No")))
    assert refused
    assert "job" not in f"{refused.what_happened} {refused.next_step}"
    assert "Change the question" in refused.next_step


def test_out_of_credits_names_who_tops_the_wallet_up(project: Project, alice: User, sandbox: Sandbox) -> None:
    project.team.billing_contact = "Dana in accounting"
    project.team.save(update_fields=["billing_contact"])
    broke = explain(ended(make_turn(project, alice, "[broke] Money")))
    assert broke
    assert "Dana in accounting tops up" in broke.next_step


def test_without_streaming_the_answer_comes_whole(turn: Turn, sandbox: Sandbox) -> None:
    strike(sandbox, STREAM, {"fault": "error", "code": "not_found", "status": 405, "times": None})
    done = ended(turn)
    assert (done.status, done.path) == (Turn.Status.DONE, Turn.Path.JSON)
    assert_true(sandbox, done)


def test_a_model_that_does_not_stream_is_asked_on_the_other_path(
    project: Project, alice: User, sandbox: Sandbox
) -> None:
    model = make_chat_model(raw={"chat_capabilities": {"streaming": False}})
    done = ended(make_turn(project, alice, "[short] Hello", model=model))
    assert (done.status, done.path) == (Turn.Status.DONE, Turn.Path.JSON)
    assert [each["endpoint"] for each in turns_at_rivya(sandbox)] == [turns_at_rivya(sandbox)[0]["endpoint"]]
    assert_true(sandbox, done)


def test_an_answer_that_always_breaks_off_is_given_up_uncharged(
    turn: Turn, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.chat.pacing.RESEND_SECONDS", (0.1,))
    strike(sandbox, STREAM, {"fault": "cut_stream", "after_events": 3, "times": None})
    failed = ended(turn)
    assert (failed.status, failed.error_code) == (Turn.Status.FAILED, "chat_broken_off")
    assert_true(sandbox, failed)


def test_a_refused_key_is_marked_and_the_turn_costs_nothing(turn: Turn, sandbox: Sandbox) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    refused = ended(turn)
    assert (refused.status, refused.error_code) == (Turn.Status.REFUSED, "api_key_revoked")
    assert Secret.objects.get(pk=turn.secret_id).state == Secret.State.REFUSED


def test_a_question_that_nobody_has_sent_yet_can_be_stopped_for_nothing(turn: Turn, sandbox: Sandbox) -> None:
    Turn.objects.filter(pk=turn.pk).update(stop_requested_at=turn.created_at)
    stopped = ended(turn)
    assert (stopped.status, stopped.final_credits, stopped.sends) == (Turn.Status.STOPPED, 0, 0)
    assert turns_at_rivya(sandbox) == []


def test_the_same_form_twice_is_one_turn_and_one_reservation(turn: Turn, project: Project, alice: User) -> None:
    again = make_turn(project, alice, "[short] How do we launch?", submission=turn.submission)
    assert again.pk == turn.pk
    assert ledger.left_this_month(project) is None
    assert turn.conversation.turns.count() == 1
    take_up()

"""Whatever a stream says, a turn ends in a true state, the console stands, and nothing is paid twice."""

import json
from typing import Any

import pytest

from console.chat.models import Turn
from console.credits.models import Entry
from console.projects.models import Project
from console.teams.models import User
from tests.chat.answering import ended, strike
from tests.chat.conftest import STREAM
from tests.conftest import Sandbox
from tests.factories import make_turn

SESSION = "sess_odd"
CREATED = ("session.created", {"request_id": "req_1", "session_id": SESSION, "model": "gpt-5-2-chat"})
ANSWER = {"id": "msg_odd", "role": "assistant", "content": "Three options.", "created_at": "2026-05-14T10:01:00.000Z"}
COMPLETED = ("message.completed", {"request_id": "req_1", "session_id": SESSION, "message": ANSWER})
DONE = ("done", {"request_id": "req_1", "ok": True})
TOKENS = {"input_tokens": 412, "output_tokens": 4, "total_tokens": 416}
Event = tuple[str, Any]


def delta(text: str, index: int) -> Event:
    return ("message.delta", {"request_id": "req_1", "session_id": SESSION, "delta": text, "index": index})


def usage(final: Any = 1, reserved: Any = 3, **tokens: Any) -> Event:
    return ("usage.completed", {"usage": TOKENS | tokens, "credits": {"reserved": reserved, "final": final}})


def written(*events: Event, end: str = "\n\n") -> str:
    return "".join(
        f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}{end}" for name, data in events
    )


def say(sandbox: Sandbox, text: str, content_type: str = "text/event-stream", **more: Any) -> None:
    """Rivya's next stream is this text."""
    headers = {"content-type": content_type} | more.pop("headers", {})
    strike(sandbox, STREAM, {"fault": "answer", "text": text, "headers": headers, **more})


@pytest.fixture
def turn(project: Project, alice: User, sandbox: Sandbox) -> Turn:
    return make_turn(project, alice, "[short] How do we launch?")


def lines_of(turn: Turn) -> list[tuple[str, int]]:
    return list(Entry.objects.filter(subject=turn.pk).order_by("id").values_list("kind", "credits"))


@pytest.mark.parametrize(
    "events",
    [
        [CREATED, CREATED, delta("Three ", 0), COMPLETED, COMPLETED, usage(), usage(), DONE, DONE],
        [CREATED, delta("options.", 1), delta("Three ", 0), COMPLETED, usage(), DONE],
        [CREATED, delta("Four ", 0), delta("Four ", 0), delta("", 7), COMPLETED, usage(), DONE],
        [CREATED, COMPLETED, delta("and more", 9), usage(), DONE],
        [CREATED, usage(), COMPLETED, DONE],
        [COMPLETED, usage(), DONE],
        [("model.mood", {"mood": "fine"}), CREATED, ("heartbeat", "oops"), ("x", "{"), COMPLETED, usage(), DONE],
        [CREATED, COMPLETED, usage(), ("error", {"error": {"code": "internal_error", "message": "late"}})],
        [CREATED, delta("a\0b", 0), delta("\u202e<script>", 1), COMPLETED, usage(), DONE],
        [CREATED, COMPLETED, usage()],
    ],
    ids=[
        "twice",
        "reordered",
        "repeated",
        "late delta",
        "usage first",
        "headless",
        "unknown",
        "error",
        "nul",
        "no done",
    ],
)
def test_the_committed_text_is_the_answer_whatever_came_around_it(
    turn: Turn, sandbox: Sandbox, events: list[Event]
) -> None:
    say(sandbox, written(*events))
    done = ended(turn)
    assert (done.status, done.answer, done.sends) == (Turn.Status.DONE, "Three options.", 1)
    assert lines_of(done) == [("reserve", 3), ("settle", 1)]


@pytest.mark.parametrize("final", [0, 1, 9, 2_000_000_000], ids=str)
def test_rivyas_figure_is_the_charge_also_above_the_reserve(turn: Turn, sandbox: Sandbox, final: int) -> None:
    say(sandbox, written(CREATED, COMPLETED, usage(final), DONE))
    done = ended(turn)
    assert (done.final_credits, lines_of(done)[-1]) == (final, ("settle", final))


@pytest.mark.parametrize("figure", [-1, 2**31, 10**30, 1.5, "many", "", True, [], {}, None], ids=repr)
def test_a_figure_that_makes_no_sense_is_no_figure(turn: Turn, sandbox: Sandbox, figure: Any) -> None:
    tokens = dict.fromkeys(TOKENS, figure)
    say(sandbox, written(CREATED, COMPLETED, usage(figure, figure, **tokens), DONE))
    done = ended(turn)
    assert (done.status, done.answer) == (Turn.Status.DONE, "Three options.")
    assert (done.final_credits, done.total_tokens) == (None, None)
    assert lines_of(done) == [("reserve", 3), ("settle", 3)]


@pytest.mark.parametrize(
    "told", [{}, {"usage": None, "credits": None}, {"usage": 7, "credits": "no"}, [], "{"], ids=repr
)
def test_without_any_figures_the_reserve_stands(turn: Turn, sandbox: Sandbox, told: Any) -> None:
    say(sandbox, written(CREATED, COMPLETED, ("usage.completed", told), DONE))
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert [kind for kind, _ in lines_of(done)] == ["reserve", "settle"]


def test_text_that_no_database_holds_does_not_stop_what_is_written_with_it(turn: Turn, sandbox: Sandbox) -> None:
    nul = ANSWER | {"content": "a\0b"}
    say(
        sandbox,
        written(CREATED, delta("a\0b", 0), ("message.completed", {"request_id": "r\0", "message": nul}), usage(), DONE),
    )
    done = ended(turn)
    assert (done.status, done.answer) == (Turn.Status.DONE, "a\ufffdb")


def test_an_error_message_that_no_database_holds_is_told_without_it(turn: Turn, sandbox: Sandbox) -> None:
    error = {"code": "validation_failed", "message": "a\0b"}
    strike(sandbox, STREAM, {"fault": "answer", "status": 400, "json": {"error": error}})
    refused = ended(turn)
    assert (refused.status, refused.error_message) == (Turn.Status.REFUSED, "a\ufffdb")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (json.dumps({"id": "c", "session_id": "s", "message": ANSWER}), {"content_type": "application/json"}),
        ("<!doctype html><title>Sign in</title>", {"content_type": "text/html"}),
        ("", {}),
        ("\ufeff", {}),
        ("data: " + "x" * 1_000_000, {}),
        (written(CREATED) + "data: " + "x" * 5_000_000, {}),
        (written(CREATED, delta("half", 0)), {"headers": {"content-encoding": "gzip"}}),
        (written(CREATED, COMPLETED, end="\n"), {}),
        (written(("session.created", {"session_id": ""})), {}),
        (written(("session.created", {"session_id": "a\0b"})), {}),
        (written(CREATED, ("message.delta", {"delta": 7})), {}),
        (written(CREATED, DONE), {}),
        (written(CREATED, ("message.completed", {"message": {"id": "m", "role": "assistant"}}), DONE), {}),
        ("", {"status": 302, "headers": {"location": "http://169.254.169.254/"}}),
        ("", {"status": 307, "headers": {"location": "/api/v1/chat/completions"}}),
        ("", {"status": 204}),
    ],
    ids=[
        *("json", "html", "empty", "only a bom", "1 MB without line end", "5 MB without line end", "false gzip"),
        *("no blank line", "empty session", "nul in session", "odd delta", "done without text", "no content"),
        *("redirect", "redirect again", "no body"),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(
    turn: Turn, sandbox: Sandbox, text: str, more: dict[str, Any]
) -> None:
    """Nothing was done at Rivya; its session, where it named one, does not exist."""
    say(sandbox, text, **more)
    done = ended(turn)
    assert done.status == Turn.Status.DONE
    assert done.answer.startswith("In a word")
    assert (done.final_credits, lines_of(done)) == (1, [("reserve", 3), ("settle", 1)])
    posts = [each for each in sandbox.state()["idempotency"] if each["account"] == sandbox.account]
    assert [(each["key"], each["posts"], each["bodies_identical"]) for each in posts] == [
        (done.idempotency_key, 2, True)
    ]


def test_the_last_session_that_a_stream_names_is_the_one(turn: Turn, sandbox: Sandbox) -> None:
    other = ("session.created", {"request_id": "req_1", "session_id": "sess_other"})
    say(sandbox, written(CREATED, other, COMPLETED, usage(), DONE))
    done = ended(turn)
    done.conversation.refresh_from_db()
    assert (done.status, done.conversation.session_id) == (Turn.Status.DONE, "sess_other")

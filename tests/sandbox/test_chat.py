import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.process import OTHER, Sandbox, png, wait_until

MODEL = "gpt-5-2-chat"


def ask(
    sandbox: Sandbox, key: str, message: str = "How do we launch?", idempotency_key: str | None = None, **more: Any
) -> httpx.Response:
    headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
    body = {"model": MODEL, "message": message} | more
    return sandbox.api("POST", "/chat/completions", key, headers=headers, json=body)


def listen(
    sandbox: Sandbox, key: str, message: str = "How do we launch?", idempotency_key: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    headers = {"authorization": f"Bearer {key}"} | ({"idempotency-key": idempotency_key} if idempotency_key else {})
    body = {"model": MODEL, "message": message}
    with sandbox.http.stream("POST", "/api/v1/chat/completions/stream", headers=headers, json=body) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        name = ""
        for line in answer.iter_lines():
            kind, _, value = line.partition(": ")
            if kind == "event":
                name = value
            elif kind == "data":
                yield name, json.loads(value)


def credits(sandbox: Sandbox, key: str) -> int:
    balance: int = sandbox.api("GET", "/credits", key).json()["current_credits"]
    return balance


def test_a_turn_answers_and_settles_from_its_tokens(sandbox: Sandbox, account: str) -> None:
    turn = ask(sandbox, account).json()

    assert (turn["object"], turn["message"]["role"], turn["credits"]) == (
        "chat.completion",
        "assistant",
        {"reserved": 3, "final": 1},
    )
    assert set(turn["message"]) == {"id", "role", "content"}
    assert credits(sandbox, account) == 99


def test_a_stream_tells_the_answer_piece_by_piece_and_then_whole(sandbox: Sandbox, account: str) -> None:
    events = list(listen(sandbox, account))

    names = [name for name, _ in events]
    assert (names[0], names[-3:]) == ("session.created", ["message.completed", "usage.completed", "done"])
    deltas = [data for name, data in events if name == "message.delta"]
    assert [data["index"] for data in deltas] == list(range(len(deltas)))
    assert "".join(data["delta"] for data in deltas) == events[-3][1]["message"]["content"]
    assert len({data["request_id"] for _, data in events}) == 1


def test_a_replay_has_no_deltas_and_no_second_charge(sandbox: Sandbox, account: str) -> None:
    live = list(listen(sandbox, account, idempotency_key="a"))
    replay = list(listen(sandbox, account, idempotency_key="a"))

    assert [name for name, _ in replay] == ["session.created", "message.completed", "usage.completed", "done"]
    assert replay[1][1]["message"] == live[-3][1]["message"]
    assert credits(sandbox, account) == 99
    assert ask(sandbox, account, idempotency_key="b").json() == ask(sandbox, account, idempotency_key="b").json()
    other = ask(sandbox, account, "Something else", idempotency_key="b")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")


def test_a_session_goes_on_and_belongs_to_account_and_model(sandbox: Sandbox, account: str) -> None:
    first = ask(sandbox, account, "First question about everything that we might want to launch").json()
    second = ask(sandbox, account, "Second", session_id=first["session_id"]).json()

    session = sandbox.api("GET", f"/chat/sessions/{first['session_id']}", account).json()
    assert [message["role"] for message in session["messages"]] == ["user", "assistant"] * 2
    assert session["messages"][3]["content"] == second["message"]["content"]
    assert session["title"].endswith("...")
    assert session["controls"] == {"enable_web_search": False, "reasoning_effort": None, "thought_mode": None}
    assert [one["id"] for one in sandbox.api("GET", "/chat/sessions", account).json()["data"]] == [first["session_id"]]
    assert sandbox.api("GET", f"/chat/sessions/{first['session_id']}", OTHER).status_code == 404
    for answer in (
        ask(sandbox, OTHER, session_id=first["session_id"]),
        ask(sandbox, account, session_id=first["session_id"], model="gemini-2-5-flash-chat"),
        ask(sandbox, account, session_id="sess_no"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "chat_session_conflict")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"model": "z-image"}, "chat_model_not_supported"),
        ({"message": ""}, "validation_failed"),
        ({"message": "x" * 20001}, "validation_failed"),
        ({"messages": []}, "validation_failed"),
        ({"enable_web_search": "true"}, "validation_failed"),
        ({"reasoning_effort": "heroic"}, "validation_failed"),
        ({"attachments": [{"file_id": "file_no"}]}, "chat_attachment_not_supported"),
        ({"attachments": [{"url": "https://x/y.png"}]}, "chat_attachment_not_supported"),
    ],
)
def test_a_wrong_question_is_refused_and_costs_nothing(
    sandbox: Sandbox, account: str, more: dict[str, Any], code: str
) -> None:
    answer = ask(sandbox, account, **more)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert credits(sandbox, account) == 100


def test_an_image_can_be_attached_where_the_model_takes_one(sandbox: Sandbox, account: str) -> None:
    file = sandbox.upload(png(), key=account, name="mug.png").json()["id"]

    assert "mug.png" in ask(sandbox, account, attachments=[{"file_id": file}]).json()["message"]["content"]
    refused = ask(sandbox, account, attachments=[{"file_id": file}], model="claude-sonnet-4-6-chat")
    assert refused.json()["error"]["code"] == "chat_attachment_not_supported"
    assert ask(sandbox, OTHER, attachments=[{"file_id": file}]).status_code == 400


def test_silence_brings_heartbeats(sandbox: Sandbox, account: str) -> None:
    sandbox.control("PUT", "/settings", {"heartbeat_seconds": 0.05})

    assert "heartbeat" in [name for name, _ in listen(sandbox, account, "Think [pause]")]


def test_a_failed_turn_ends_with_an_error_and_gives_the_reserve_back(sandbox: Sandbox, account: str) -> None:
    events = list(listen(sandbox, account, "Please [fail]"))

    assert (events[-1][0], events[-1][1]["error"]["code"]) == ("error", "internal_error")
    assert ask(sandbox, account, "Please [fail]").status_code == 500
    assert credits(sandbox, account) == 100


@pytest.mark.parametrize(("committed", "left", "messages"), [(False, 100, 0), (True, 99, 2)])
def test_a_cut_stream_is_lost_or_kept(
    sandbox: Sandbox, account: str, committed: bool, left: int, messages: int
) -> None:
    sandbox.fault("cut_stream", "*/stream", after_events=5, committed=committed)
    heard: list[tuple[str, dict[str, Any]]] = []
    with pytest.raises(httpx.TransportError):
        heard.extend(listen(sandbox, account, idempotency_key="cut"))

    assert len(heard) == 5
    session = sandbox.api("GET", f"/chat/sessions/{heard[0][1]['session_id']}", account).json()
    assert len(session["messages"]) == messages
    assert credits(sandbox, account) == left
    again = [name for name, _ in listen(sandbox, account, idempotency_key="cut")]
    assert ("message.delta" in again) is not committed
    assert credits(sandbox, account) == 99


def hold(sandbox: Sandbox, after_events: int, *, committed: bool = False) -> None:
    sandbox.fault("hold_stream", "*/stream", after_events=after_events, committed=committed)


def holding(sandbox: Sandbox) -> list[int]:
    return [fault["holding"] for fault in sandbox.state()["faults"]]


@pytest.mark.parametrize(("committed", "state"), [(False, "running"), (True, "committed")])
def test_a_held_stream_stands_still_until_its_fault_is_disarmed(
    sandbox: Sandbox, account: str, committed: bool, state: str
) -> None:
    hold(sandbox, 3, committed=committed)
    reader = listen(sandbox, account)
    heard = [name for name, _ in itertools.islice(reader, 3)]
    wait_until(lambda: holding(sandbox) == [1])

    name = account.removeprefix("rvya_sk_")
    wait_until(lambda: [turn["state"] for turn in sandbox.state()["turns"] if turn["account"] == name] == [state])
    assert heard == ["session.created", "message.delta", "message.delta"]
    sandbox.control("DELETE", "/faults")
    assert [name for name, _ in reader][-3:] == ["message.completed", "usage.completed", "done"]
    assert credits(sandbox, account) == 99


def test_a_reader_that_leaves_a_held_stream_ends_the_hold(sandbox: Sandbox, account: str) -> None:
    hold(sandbox, 1)
    reader = listen(sandbox, account)
    next(reader)
    wait_until(lambda: holding(sandbox) == [1])
    reader.close()  # type: ignore[attr-defined]

    wait_until(lambda: holding(sandbox) == [0])
    wait_until(lambda: credits(sandbox, account) == 100)


@pytest.mark.parametrize(("policy", "speed", "left"), [("stop", 0.1, 100), ("continue", 20, 99)])
def test_a_reader_that_leaves_stops_the_run_or_not(
    sandbox: Sandbox, account: str, policy: str, speed: float, left: int
) -> None:
    """What is to be stopped goes so slowly that its reader leaves in the middle."""
    sandbox.control("PUT", "/settings", {"chat_on_disconnect": policy, "speed": speed})
    reader = listen(sandbox, account)
    next(reader)
    reader.close()  # type: ignore[attr-defined]

    name = account.removeprefix("rvya_sk_")
    wait_until(lambda: [t["state"] for t in sandbox.state()["turns"] if t["account"] == name] != ["running"])
    assert credits(sandbox, account) == left


def test_odd_but_proper_streams(sandbox: Sandbox, account: str) -> None:
    switches = {
        "comments": True,
        "ids": True,
        "multi_data": True,
        "unknown_event": True,
        "crlf": True,
        "split_bytes": 3,
    }
    sandbox.fault("odd_stream", "*/stream", **switches)
    headers = {"authorization": f"Bearer {account}"}
    with sandbox.http.stream(
        "POST", "/api/v1/chat/completions/stream", headers=headers, json={"model": MODEL, "message": "Hi [short]"}
    ) as answer:
        text = answer.read().decode()

    assert "event: model.mood\r\n" in text
    assert '",\r\ndata: "session_id"' in text
    assert "\n\n" not in text
    assert text.rstrip().endswith('"ok":true}')

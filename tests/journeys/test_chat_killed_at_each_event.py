"""kill -9 of the web process right after each event of a stream, many turns held at different events at once."""

import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.journeys.chatting import MODEL, Person, assert_each_paid_once, said_at_rivya, seed, turns_ended
from tests.stack import Stack, eventually

STREAM, SESSIONS = "/api/v1/chat/completions/stream", "/api/v1/chat/sessions/"
OTHER_SECRET = "rvya_sk_sandbox_other_0000000000000002"
# Every answer has the same length, so the same number of events.
ANSWERED = "[say] Write to ten people first, then to a hundred, number"
FAILED = f"[fail] {ANSWERED}"


@pytest.fixture
def alice(fresh_stack: Stack) -> Person:
    return seed(fresh_stack)


def names_of(stack: Stack, words: str) -> list[str]:
    """The events of such an answer, as another account of Rivya's hears them."""
    answer = httpx.post(
        f"{stack.rivya_url}{STREAM}",
        json={"model": MODEL, "message": question(words, 0)},
        headers={"Authorization": f"Bearer {OTHER_SECRET}"},
        timeout=30,
        trust_env=False,
    )
    return [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]


def question(words: str, number: int) -> str:
    return f"{words} {number:02}."


def hold(stack: Stack, words: str, number: int, after: int, *, committed: bool = False) -> int:
    """Hold this question's answer right after so many events; 0: before the first. Returns the fault's number."""
    match = {"path": STREAM, "prompt": question(words, number)}
    fault = {"fault": "hold_stream", "after_events": after, "committed": committed}
    armed: int = stack.control("POST", "faults", {"match": match, **fault})["id"]
    return armed


def hold_each(stack: Stack, words: str, numbers: Sequence[int], *, committed: bool = False) -> None:
    """Hold question n right after its n-th event."""
    for number in numbers:
        hold(stack, words, number, number, committed=committed)


def kill_with_the_last_event_unread(stack: Stack, fault: int) -> None:
    """Rivya sends what it held back of this stream, and the process dies before it reads it."""
    stack.web.freeze()
    stack.control("DELETE", f"faults/{fault}")
    time.sleep(0.3)
    stack.web.kill()


def assert_true(stack: Stack, alice: Person, turns: list[dict[str, Any]]) -> None:
    """Each ended turn says what its session holds, and the ledger's sum is what left the wallet at Rivya."""
    assert_each_paid_once(stack, turns)
    for session in {turn["rivya_session_id"] for turn in turns if turn["status"] == "done"}:
        place = next(f"/chat/{turn['conversation_id']}/" for turn in turns if turn["rivya_session_id"] == session)
        document = alice.http.get(f"{place}export.json").json()
        answers = [turn["answer"] for turn in document["turns"] if turn["status"] == "done"]
        assert answers == said_at_rivya(stack, session)
    rivya = stack.sandbox_state()
    spent = sum(charge["final"] or 0 for charge in rivya["charges"] if charge["account"] == "demo")
    (ledger,) = stack.state()["ledger"]
    assert ledger["charged"] == spent == sum(turn["final_credits"] for turn in turns)
    assert {charge["state"] for charge in rivya["charges"]} <= {"settled", "released"}


@pytest.mark.parametrize("on_disconnect", ["stop", "continue"])
@pytest.mark.parametrize("committed", [False, True], ids=["as far as told", "committed"])
def test_a_turn_killed_after_any_event_of_its_answer_ends_in_the_truth(
    fresh_stack: Stack, alice: Person, committed: bool, on_disconnect: str
) -> None:
    fresh_stack.control("PUT", "settings", {"chat_on_disconnect": on_disconnect, "tokens_per_credit": 100})
    names = names_of(fresh_stack, ANSWERED)
    assert names[0] == "session.created"
    assert names.count("message.delta") > 3
    assert names[-3:] == ["message.completed", "usage.completed", "done"]
    hold_each(fresh_stack, ANSWERED, range(len(names)), committed=committed)
    last = hold(fresh_stack, ANSWERED, len(names), len(names) - 1)
    for number in range(len(names) + 1):
        alice.begin(question(ANSWERED, number))
    eventually(lambda: held(fresh_stack) == len(names) + 1)
    kill_with_the_last_event_unread(fresh_stack, last)
    fresh_stack.web.start()
    fresh_stack.control("DELETE", "faults")
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert [turn["status"] for turn in turns] == ["done"] * (len(names) + 1)
    assert_true(fresh_stack, alice, turns)


def test_a_turn_killed_after_any_event_up_to_an_error_ends_uncharged(fresh_stack: Stack, alice: Person) -> None:
    names = names_of(fresh_stack, FAILED)
    assert names[-1] == "error"
    fresh_stack.control("POST", "faults", {"match": {"path": f"{SESSIONS}*"}, "fault": "hang"})
    hold_each(fresh_stack, FAILED, range(len(names)))
    last = hold(fresh_stack, FAILED, len(names), len(names) - 1)
    for number in range(len(names) + 2):  # the last of them hears its error and looks into its session
        alice.begin(question(FAILED, number))
    eventually(lambda: held(fresh_stack) == len(names) + 1 and has_hung(fresh_stack))
    kill_with_the_last_event_unread(fresh_stack, last)
    fresh_stack.web.start()
    fresh_stack.control("DELETE", "faults")
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert [turn["status"] for turn in turns] == ["failed"] * (len(names) + 2)
    assert_true(fresh_stack, alice, turns)


def test_a_later_question_killed_after_any_event_ends_in_the_truth(fresh_stack: Stack, alice: Person) -> None:
    """The session holds an earlier answer to the very same question: it is not taken for the new one."""
    names = names_of(fresh_stack, ANSWERED)
    places = [alice.begin(question(ANSWERED, number)) for number in range(len(names))]
    turns_ended(fresh_stack)
    hold_each(fresh_stack, ANSWERED, range(len(names)))
    for number, place in enumerate(places):
        alice.ask(place, question(ANSWERED, number))
    eventually(lambda: held(fresh_stack) == len(names))
    fresh_stack.web.kill()
    fresh_stack.web.start()
    fresh_stack.control("DELETE", "faults")
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert [turn["status"] for turn in turns] == ["done"] * 2 * len(names)
    assert_true(fresh_stack, alice, turns)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_turn_killed_before_the_answer_has_a_head_ends_in_the_truth(
    fresh_stack: Stack, alice: Person, when: str
) -> None:
    fresh_stack.control("POST", "faults", {"match": {"path": STREAM}, "fault": "hang", "when": when})
    alice.begin(question(ANSWERED, 0))
    eventually(lambda: has_hung(fresh_stack))
    fresh_stack.web.kill()
    fresh_stack.web.start()
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert [turn["status"] for turn in turns] == ["done"]
    assert_true(fresh_stack, alice, turns)


def test_a_worker_killed_while_it_repeats_a_send_leaves_the_truth(fresh_stack: Stack, alice: Person) -> None:
    names = names_of(fresh_stack, ANSWERED)
    numbers = range(names.index("message.completed"))  # what is behind it is committed, and not sent again
    for _ in ("sent", "sent again"):
        hold_each(fresh_stack, ANSWERED, numbers)
    for number in numbers:
        alice.begin(question(ANSWERED, number))
    eventually(lambda: held(fresh_stack) == len(numbers))
    fresh_stack.web.kill()
    eventually(lambda: held(fresh_stack) == 0)
    eventually(lambda: held(fresh_stack) == len(numbers), within_seconds=40)
    fresh_stack.worker.kill()
    fresh_stack.control("DELETE", "faults")
    fresh_stack.worker.start()
    turns = turns_ended(fresh_stack, within_seconds=60)
    fresh_stack.web.start()
    assert [(turn["status"], turn["sends"]) for turn in turns] == [("done", 3)] * len(numbers)
    assert_true(fresh_stack, alice, turns)


def held(stack: Stack) -> int:
    """How many streams stand still at Rivya."""
    return sum(fault["holding"] for fault in stack.control("GET", "faults")["data"])


def has_hung(stack: Stack) -> bool:
    """Whether a request came that gets no answer."""
    return any(fault["fault"] == "hang" and fault["used"] for fault in stack.control("GET", "faults")["data"])

"""kill -9, deploys and cuts: every turn ends in the truth, with one charge."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.chatting import Page, Person, assert_each_paid_once, exported, said_at_rivya, seed, turns_ended
from tests.stack import Stack, eventually

PLACES = dict[str, str]


@pytest.fixture
def alice(fresh_stack: Stack) -> Person:
    person = seed(fresh_stack)
    fresh_stack.control("PUT", "settings", {"tokens_per_credit": 1000})
    return person


def begin_staggered(alice: Person, count: int, words: str, apart_seconds: float = 0.0) -> list[str]:
    """Conversations whose answers are at different events at any moment."""
    places = []
    for number in range(count):
        places.append(alice.begin(f"{words} Question {number}"))
        time.sleep(apart_seconds)
    return places


def assert_as_rivya_has_it(stack: Stack, alice: Person, places: list[str]) -> None:
    for place in places:
        document = alice.http.get(f"{place}export.json").json()
        answers = [turn["answer"] for turn in document["turns"]]
        assert answers == said_at_rivya(stack, document["rivya_session_id"])


@pytest.mark.parametrize("words", ["[short]", "[long]"])
def test_kill_9_of_the_web_process_at_any_event_loses_no_answer(fresh_stack: Stack, alice: Person, words: str) -> None:
    places = begin_staggered(alice, 16, words, apart_seconds=0.05)
    fresh_stack.web.kill()
    fresh_stack.web.start()
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert {turn["status"] for turn in turns} == {"done"}
    assert len(turns) == 16
    assert words == "[short]" or any(turn["sends"] > 1 for turn in turns)  # some were in mid-answer
    assert_each_paid_once(fresh_stack, turns)
    assert_as_rivya_has_it(fresh_stack, alice, places)


def test_kill_9_of_all_processes_loses_no_answer(fresh_stack: Stack, alice: Person) -> None:
    places = begin_staggered(alice, 8, "[long]", apart_seconds=0.05)
    for process in fresh_stack.processes:
        process.kill()
    for process in fresh_stack.processes:
        process.start()
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert {turn["status"] for turn in turns} == {"done"}
    assert_each_paid_once(fresh_stack, turns)
    assert_as_rivya_has_it(fresh_stack, alice, places)


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "lost"])
def test_a_cut_at_each_event_loses_no_answer(fresh_stack: Stack, alice: Person, committed: bool) -> None:
    path = "/api/v1/chat/completions/stream"
    for event in range(10):
        cut = {"fault": "cut_stream", "after_events": event, "committed": committed, "how": "reset"}
        fresh_stack.control("POST", "faults", {"match": {"path": path, "prompt": f"Question {event}."}, **cut})
    places = [alice.begin(f"[short] Question {event}.") for event in range(10)]
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert {turn["status"] for turn in turns} == {"done"}
    assert_each_paid_once(fresh_stack, turns)
    assert_as_rivya_has_it(fresh_stack, alice, places)


def test_a_deploy_with_fifty_open_turns_loses_none(fresh_stack: Stack, alice: Person) -> None:
    words = ["[long]", "[slow]"]
    places = [alice.begin(f"{words[number % 2]} Question {number}") for number in range(50)]
    turns = [alice.turns(place)[0] for place in places]
    open_pages = [Page(turn=turn) for turn in turns]
    with ThreadPoolExecutor(50) as tabs:
        pages = [tabs.submit(alice.follow, page.turn, page=page) for page in open_pages]
        eventually(lambda: all(page.events for page in open_pages))  # who was not let in yet has no stream to end
        began = time.monotonic()
        fresh_stack.web.stop()
        took = time.monotonic() - began
        assert [page.result(30).turn for page in pages] == turns  # every stream was ended, none was cut off
    assert took < 9.5, f"the web process took {took:.1f} s and was killed"
    assert "Traceback" not in fresh_stack.web.words
    fresh_stack.web.start()
    with ThreadPoolExecutor(50) as tabs:
        pages = [tabs.submit(alice.follow, turn) for turn in turns]
        ended = turns_ended(fresh_stack, within_seconds=120)
        assert {page.result(30).status for page in pages} == {"done"}
    assert {turn["status"] for turn in ended} == {"done"}
    assert_each_paid_once(fresh_stack, ended)
    assert_as_rivya_has_it(fresh_stack, alice, places)
    assert len(exported(alice, places[0])) == 1


def test_without_a_worker_the_next_web_process_recovers(fresh_stack: Stack, alice: Person) -> None:
    places = begin_staggered(alice, 4, "[long]", apart_seconds=0.05)
    fresh_stack.worker.stop()
    fresh_stack.web.kill()
    fresh_stack.web.start()
    page = alice.follow(alice.turns(places[0])[0])
    assert page.status == "done"
    turns = turns_ended(fresh_stack, within_seconds=60)
    assert {turn["status"] for turn in turns} == {"done"}
    assert_each_paid_once(fresh_stack, turns)
    assert_as_rivya_has_it(fresh_stack, alice, places)

"""A turn's stream over HTTP: the POST itself answers, other tabs join, everybody has the same text."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.chatting import Page, Person, assert_each_paid_once, exported, said_at_rivya, seed, turns_ended
from tests.stack import Stack, eventually


@pytest.fixture(scope="module")
def alice(stack: Stack) -> Person:
    return seed(stack)


@pytest.fixture
def conversation(stack: Stack, alice: Person) -> str:
    """One that has a first answer already."""
    place = alice.begin("[short] Hello")
    turns_ended(stack)
    return place


def test_three_tabs_and_a_late_one_get_identical_text_for_one_post(
    stack: Stack, alice: Person, conversation: str
) -> None:
    asking = Page()
    with ThreadPoolExecutor(4) as tabs, alice.asking(conversation, "[long] [code] [table] Tell me all") as stream:
        asking.take(next(stream))
        early = [tabs.submit(alice.follow, asking.turn) for _ in range(3)]
        while len(asking.blocks) < 4:
            asking.take(next(stream))
        late = tabs.submit(alice.follow, asking.turn)
        for event in stream:
            asking.take(event)
        pages = [asking, late.result(60), *(tab.result(60) for tab in early)]
    assert {page.status for page in pages} == {"done"}
    assert len({"".join(page.blocks) for page in pages}) == 1
    assert len({page.article for page in pages}) == 1
    second = exported(alice, conversation)[1]
    assert second["answer"] == said_at_rivya(stack, session_of(stack, conversation))[1]
    posts = [each for each in stack.sandbox_state()["idempotency"] if each["key"] == key_of(stack, asking.turn)]
    assert [each["posts"] for each in posts] == [1]


def test_a_tab_that_lost_its_connection_goes_on_where_it_was(stack: Stack, alice: Person, conversation: str) -> None:
    whole, broken = Page(), Page()
    with ThreadPoolExecutor(1) as tabs, alice.asking(conversation, "[long] Tell me more") as stream:
        whole.take(next(stream))
        with alice.listening(whole.turn) as lost:
            while len(broken.blocks) < 3:
                broken.take(next(lost))
        again = tabs.submit(alice.follow, whole.turn, broken.last_id, broken)
        for event in stream:
            whole.take(event)
        again.result(60)
    assert "".join(broken.blocks) == "".join(whole.blocks)
    assert broken.article == whole.article


def test_listeners_that_come_and_go_change_nothing(stack: Stack, alice: Person, conversation: str) -> None:
    page = Page()
    with alice.asking(conversation, "[long] And more") as stream:
        page.take(next(stream))
    for _ in range(10):
        with alice.listening(page.turn) as tab:
            next(tab)
    turns = turns_ended(stack)
    assert {turn["status"] for turn in turns if turn["id"] == page.turn} == {"done"}
    assert [
        each["posts"] for each in stack.sandbox_state()["idempotency"] if each["key"] == key_of(stack, page.turn)
    ] == [1]
    assert_each_paid_once(stack, turns)


def test_stopping_ends_the_stream_at_rivya_long_before_its_end_and_costs_nothing(
    stack: Stack, alice: Person, conversation: str
) -> None:
    """The whole answer would take a minute."""
    page = Page()
    with alice.asking(conversation, "[slow] [long] Never mind") as stream:
        while not page.blocks:
            page.take(next(stream))
        key = key_of(stack, page.turn)
        began = time.monotonic()
        alice.stop(page.turn)
        eventually(lambda: [turn for turn in at_rivya(stack, key) if turn["state"] == "released"], 10)
        for event in stream:
            page.take(event)
    assert page.status == "stopped"
    assert time.monotonic() - began < 20  # what was charged is found out after that, and told by the turn's live event
    stopped = next(turn for turn in turns_ended(stack) if turn["id"] == page.turn)
    assert (stopped["status"], stopped["final_credits"]) == ("stopped", 0)


def test_the_same_form_sent_twice_is_one_turn(stack: Stack, alice: Person) -> None:
    form = "6b1e6e0e-7f0e-4c43-9d5c-0a3d3c7f5d11"
    assert alice.begin("[short] Twice", form) == alice.begin("[short] Twice", form)
    turns_ended(stack)


def key_of(stack: Stack, turn: str) -> str:
    key: str = next(each["idempotency_key"] for each in stack.state()["turns"] if each["id"] == turn)
    return key


def at_rivya(stack: Stack, key: str) -> list[dict[str, str]]:
    return [turn for turn in stack.sandbox_state()["turns"] if turn["idempotency_key"] == key]


def session_of(stack: Stack, conversation: str) -> str:
    pk = conversation.strip("/").rpartition("/")[2]
    session: str = next(each["rivya_session_id"] for each in stack.state()["turns"] if each["conversation_id"] == pk)
    return session

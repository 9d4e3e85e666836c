"""Which conversations are found, for whom, and in which order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.chat.models import Conversation, SearchEntry, Turn
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_key, make_project, make_turn

BrowserOf = Any


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team)


@pytest.fixture
def spring(team: Team, key: Key) -> Project:
    return make_project(team, key, name="Spring")


def talk(project: Project, person: User, question: str, answer: str, title: str, minutes_ago: int = 0) -> Conversation:
    turn = make_turn(project, person, question)
    Turn.objects.filter(pk=turn.pk).update(answer=answer, status=Turn.Status.DONE, finished_at=timezone.now())
    used = timezone.now() - timedelta(minutes=minutes_ago)
    Conversation.objects.filter(pk=turn.conversation_id).update(title=title, last_turn_at=used)
    return Conversation.objects.get(pk=turn.conversation_id)


@pytest.fixture
def shelf(spring: Project, alice: User, bob: User, team: Team, key: Key) -> list[Conversation]:
    """Three conversations; the last one was used last."""
    return [
        talk(spring, alice, "Name a red fox", "Rusty, of course.", "Names for animals", 30),
        talk(spring, bob, "Which mountain is near the café?", "The **Zugspitze**, C++ people say.", "A trip", 20),
        talk(
            make_project(team, key),
            bob,
            "What do foxes eat?",
            "A mountain of mice; foxgloves never.",
            "Red animals",
            10,
        ),
    ]


def found(browser: Client, **filters: str) -> list[str]:
    """The titles of the conversations listed, in their order."""
    return [each.title for each in browser.get("/chat/", filters).context["conversations"]]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("fox", [2, 0]),
        ("fox ", [0]),
        ("FOX name", [0]),
        ("mountain", [2, 1]),
        ("mount", [2, 1]),
        ("mount fox", []),
        ("animals", [2, 0]),
        ("rusty fox", [0]),
        ("red zugspitze", []),
        ("zugspitze people near", [1]),
        ("re", []),
        ('"fox" OR "trip"', []),
        ("fo*x", []),
        ("a_b-c NEAR(", []),
        ("!!!", []),
        ("   ", [2, 1, 0]),
        ("\x00", []),
        ("facets : fox", []),
        ("' & | ! <-> :*", []),
    ],
)
def test_words_are_found_in_titles_questions_and_answers(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf, text: str, places: list[int]
) -> None:
    assert found(browser_of(alice), q=text) == [shelf[place].title for place in places]


def test_accents_make_no_difference_on_sqlite_and_one_on_postgresql(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf
) -> None:
    plain, accented = (found(browser_of(alice), q=text) for text in ("cafe", "café"))
    assert accented == [shelf[1].title]
    assert plain == (accented if connection.vendor == "sqlite" else [])


def test_a_project_narrows_what_is_found(
    shelf: list[Conversation], spring: Project, alice: User, browser_of: BrowserOf
) -> None:
    assert found(browser_of(alice), q="fox", project=str(spring.pk)) == [shelf[0].title]


def test_what_is_archived_is_found_among_the_archived(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf
) -> None:
    browser = browser_of(alice)
    browser.post(reverse("chat:archive", args=[shelf[2].pk]), {"archived": "1"})
    assert found(browser, q="fox") == [shelf[0].title]
    assert found(browser, q="fox", archived="1") == [shelf[2].title]


def test_a_new_title_is_found_and_the_old_one_no_longer(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf
) -> None:
    browser = browser_of(alice)
    browser.post(reverse("chat:title", args=[shelf[1].pk]), {"title": "Weekend"})
    assert found(browser, q="weekend") == ["Weekend"]
    assert found(browser, q="trip") == []
    assert found(browser, q="zugspitze") == ["Weekend"]


def test_an_answer_that_is_replaced_is_found_by_its_new_words(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf
) -> None:
    Turn.objects.filter(conversation=shelf[0]).update(answer="Ember.")
    browser = browser_of(alice)
    assert found(browser, q="ember") == [shelf[0].title]
    assert found(browser, q="rusty") == []
    assert found(browser, q="name") == [shelf[0].title]


def test_each_turn_is_found_by_itself(shelf: list[Conversation], alice: User, browser_of: BrowserOf) -> None:
    project = Project.objects.select_related("team", "key").get(pk=shelf[0].project_id)
    again = make_turn(project, alice, "And a heron?", conversation=Conversation.objects.get(pk=shelf[0].pk))
    browser = browser_of(alice)
    assert found(browser, q="heron") == [shelf[0].title]
    assert found(browser, q="heron rusty") == []
    assert again.position == 2


def test_another_team_finds_nothing_of_ours(
    shelf: list[Conversation], alice: User, charlie: User, browser_of: BrowserOf
) -> None:
    theirs = charlie.memberships.get().team
    talk(make_project(theirs, make_key(theirs)), charlie, f"t{shelf[0].team_id.hex} trap", "A fox trap", "Trap")
    browser = browser_of(charlie)
    for text, titles in (("fox", ["Trap"]), ("rusty", []), (f"t{shelf[0].team_id.hex}", ["Trap"])):
        assert found(browser, q=text) == titles
    assert "Trap" not in found(browser_of(alice), q="fox")


def test_what_is_removed_leaves_no_words(shelf: list[Conversation], alice: User, browser_of: BrowserOf) -> None:
    number = SearchEntry.objects.get(conversation=shelf[0]).pk
    assert count_of_rows(number, "rusty", "names") == 2
    Turn.objects.filter(conversation=shelf[0]).delete()
    assert found(browser_of(alice), q="rusty") == []
    assert found(browser_of(alice), q="names") == [shelf[0].title]
    Conversation.objects.filter(pk=shelf[0].pk).delete()
    assert found(browser_of(alice), q="names") == []
    assert count_of_rows(number, "rusty", "names") == 0


def count_of_rows(number: int, *words: str) -> int:
    """How many rows of that conversation's the index itself holds with one of the words."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sql = "SELECT count(*) FROM chat_words WHERE chat_words MATCH %s AND rowid >> 20 = %s"
            cursor.execute(sql, [" OR ".join(words), number])
        else:
            sql = "SELECT count(*) FROM chat_words WHERE document @@ %s::tsquery AND id >> 20 = %s"
            cursor.execute(sql, [" | ".join(words), number])
        return int(cursor.fetchone()[0])


def test_a_long_text_is_kept_and_its_beginning_is_found(spring: Project, alice: User, browser_of: BrowserOf) -> None:
    talk(spring, alice, "Everything", "zebra " + " ".join(f"wörd{number:x}" for number in range(120_000)), "Long")
    assert found(browser_of(alice), q="zebra") == ["Long"]


def test_a_found_page_goes_on_where_the_last_one_ended(spring: Project, alice: User, browser_of: BrowserOf) -> None:
    for number in range(43):
        talk(spring, alice, "Owls", "Hoo", f"Owl {number:02}", 100 - number)
    browser = browser_of(alice)
    page = browser.get("/chat/", {"q": "owls"})
    titles = [each.title for each in page.context["conversations"]]
    titles += [each.title for each in browser.get(page.context["links"].older).context["conversations"]]
    assert titles == [f"Owl {number:02}" for number in reversed(range(43))]


def test_a_search_takes_as_many_queries_as_the_list(
    shelf: list[Conversation], alice: User, browser_of: BrowserOf
) -> None:
    browser, counts = browser_of(alice), []
    for address in ("/chat/", "/chat/?q=fox"):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]

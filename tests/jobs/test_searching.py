"""What is found, for whom, and in which order."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.jobs.models import Job
from console.projects.models import Project
from console.teams.models import Team, User
from console.ui.word_search import words_of
from tests.factories import make_job, make_key, make_model, make_project

Browse = Any


def found(browser: Client, **filters: str) -> list[str]:
    """The prompts of the jobs listed, in their order."""
    return [card.title for card in browser.get("/jobs/", filters).context["cards"]]


@pytest.fixture
def shelf(studio: Project, alice: User, bob: User) -> list[Job]:
    """Four jobs, oldest first."""
    film, still = make_model("runway", category="video", display_name="Runway"), make_model("z-image")
    return [
        make_job(studio, alice, model=still, prompt="A red fox in deep snow"),
        make_job(studio, bob, model=film, prompt="A mountain road at night, café lights"),
        make_job(studio, alice, model=film, prompt="Red mountains, slow dolly", rivya_id="task_77aa"),
        make_job(make_project(studio.team, studio.key), bob, model=still, prompt="Fox, mountain and moon"),
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("fox", [3, 0]),
        ("FOX snow", [0]),
        ("mountain", [3, 2, 1]),
        ("mount", [3, 2, 1]),
        ("mount fox", []),
        ("fox mount", [3]),
        ("red fo", []),
        ("runway", [2, 1]),
        ("fo*x", []),
        ('"fox" OR "red', []),
        ("!!!", []),
        ("a_b-c NEAR(", []),
        ("task_77aa", [2]),
        ("\x00", [3, 2, 1, 0]),
    ],
)
def test_words_are_found_whole_and_the_last_one_by_its_beginning(
    shelf: list[Job], alice: User, browser_of: Browse, text: str, places: list[int]
) -> None:
    assert found(browser_of(alice), q=text) == [shelf[place].prompt for place in places]


def test_accents_make_no_difference_on_sqlite_and_one_on_postgresql(
    shelf: list[Job], alice: User, browser_of: Browse
) -> None:
    plain, accented = (found(browser_of(alice), q=text) for text in ("cafe", "café"))
    there = [shelf[1].prompt]
    if connection.vendor == "sqlite":
        assert plain == accented == there
    else:  # its simple words keep their accents, and the prompt was written with one or without
        assert sorted([plain, accented]) == [[], there]


def test_a_job_is_found_by_its_own_id_and_by_the_beginning_of_it(
    shelf: list[Job], alice: User, browser_of: Browse
) -> None:
    browser = browser_of(alice)
    assert found(browser, q=str(shelf[1].pk)) == [shelf[1].prompt]
    assert found(browser, q=shelf[1].pk.hex[:12]) == [shelf[1].prompt]


def test_an_error_code_finds_its_jobs(shelf: list[Job], alice: User, browser_of: Browse) -> None:
    Job.objects.filter(pk__in=[shelf[0].pk, shelf[2].pk]).update(
        status=Job.Status.FAILED, error_code="generation_failed"
    )
    assert found(browser_of(alice), q="generation_failed") == [shelf[2].prompt, shelf[0].prompt]


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({"state": "open"}, [3, 2, 1, 0]),
        ({"state": "succeeded"}, []),
        ({"kind": "video"}, [2, 1]),
        ({"model": "z-image"}, [3, 0]),
        ({"model": "runway", "kind": "image"}, []),
        ({"q": "mountain", "kind": "video"}, [2, 1]),
        ({"q": "mountain", "state": "failed"}, []),
        ({"q": "mountain", "since": "2020-01-01", "until": "2199-01-01"}, [3, 2, 1]),
        ({"q": "mountain", "until": "2020-01-01"}, []),
        ({"q": "mountain", "since": "2199-01-01"}, []),
        ({"state": "nonsense", "person": "1; drop", "since": "31-31-31"}, [3, 2, 1, 0]),
        ({"until": "9999-12-31"}, [3, 2, 1, 0]),
        ({"until": "2020-01-01"}, []),
        ({"page": "older-zz-zz"}, [3, 2, 1, 0]),
        ({"page": "older-999999999999999999999999-" + "0" * 32}, [3, 2, 1, 0]),
    ],
)
def test_filters_narrow_the_list_and_nonsense_is_left_out(
    shelf: list[Job], alice: User, browser_of: Browse, filters: dict[str, str], places: list[int]
) -> None:
    assert found(browser_of(alice), **filters) == [shelf[place].prompt for place in places]


def test_project_and_person_are_filters_too(
    shelf: list[Job], alice: User, bob: User, studio: Project, browser_of: Browse
) -> None:
    browser = browser_of(alice)
    assert found(browser, project=str(studio.pk)) == [shelf[2].prompt, shelf[1].prompt, shelf[0].prompt]
    assert found(browser, person=str(bob.pk)) == [shelf[3].prompt, shelf[1].prompt]
    assert found(browser, project=str(studio.pk), person=str(bob.pk)) == [shelf[1].prompt]


@pytest.mark.parametrize("words", [{}, {"q": "heron", "kind": "image"}])
def test_days_are_days_of_the_team(studio: Project, alice: User, browser_of: Browse, words: dict[str, str]) -> None:
    late = timezone.now().replace(hour=23, minute=30) - timedelta(days=3)
    Team.objects.update(time_zone="Asia/Tokyo")
    with time_machine.travel(late, tick=False):
        job = make_job(Project.objects.select_related("team", "key").get(pk=studio.pk), alice, prompt="A grey heron")
    next_day = f"{late + timedelta(days=1):%Y-%m-%d}"
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):  # what was asked for on a day stays on it when the team moves
        Team.objects.update(time_zone=zone)
        assert found(browser_of(alice), since=next_day, until=next_day, **words) == [job.prompt]
        assert found(browser_of(alice), until=f"{late:%Y-%m-%d}", **words) == []


def test_another_team_finds_nothing_of_ours(shelf: list[Job], charlie: User, browser_of: Browse) -> None:
    browser = browser_of(charlie)
    for text in ("fox", "task_77aa", str(shelf[0].pk), f"t{shelf[0].team_id.hex}"):
        assert found(browser, q=text) == []


def test_a_prompt_that_names_another_team_stays_where_it_is(
    shelf: list[Job], charlie: User, alice: User, browser_of: Browse
) -> None:
    theirs = charlie.memberships.get().team
    make_job(make_project(theirs, make_key(theirs)), charlie, prompt=f"t{shelf[0].team_id.hex} fox trap")
    assert "trap" not in " ".join(found(browser_of(alice), q="fox"))


def test_a_removed_job_is_no_longer_found(shelf: list[Job], alice: User, browser_of: Browse) -> None:
    shelf[0].delete()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM jobs_words WHERE jobs_words MATCH 'snow'")
            assert cursor.fetchone() == (0,)
    assert found(browser_of(alice), q="fox") == [shelf[3].prompt]


def test_no_list_takes_more_than_twelve_queries(shelf: list[Job], alice: User, browser_of: Browse) -> None:
    browser = browser_of(alice)
    alice.memberships.update(guide_dismissed_at=timezone.now())  # on a first visit Home asks a few more
    for address in (
        "/jobs/",
        "/jobs/?view=table",
        "/jobs/?q=mountain&kind=video&state=open",
        "/jobs/?q=task_77aa",
        "/jobs/?q=ab12cd34",
        "/jobs/?q=snake_case",
        "/",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        assert len(queries) <= 12, (address, [query["sql"][:90] for query in queries])


def test_only_letters_and_digits_are_words() -> None:
    assert words_of('One "two" three_four *five* (six) #') == ["One", "two", "three", "four", "five", "six"]

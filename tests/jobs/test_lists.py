"""Gallery and table: what they show, how they are paged, and how they keep themselves fresh."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from console.jobs.list_views import PAGE_SIZE
from console.jobs.models import Job, Result
from console.jobs.presenting import LOOKS, Card, asked_shape
from console.projects.models import Project
from console.teams.models import User
from console.ui.keyset import Cursor
from tests.factories import make_job, make_model, make_result

Browse = Any


def listed(browser: Client, address: str) -> list[UUID]:
    return [card.job.pk for card in browser.get(address).context["cards"]]


@pytest.fixture
def many(studio: Project, alice: User) -> list[UUID]:
    """Two and a half pages, newest first; some of them made in the same moment."""
    now = timezone.now()
    jobs = [make_job(studio, alice, prompt=f"Number {number}") for number in range(PAGE_SIZE * 5 // 2)]
    for number, job in enumerate(jobs):
        Job.objects.filter(pk=job.pk).update(created_at=now + timedelta(seconds=number // 3))
    return list(Job.objects.order_by("-created_at", "-id").values_list("pk", flat=True))


@pytest.mark.parametrize("address", ["/jobs/", "/jobs/?state=open", "/jobs/?kind=image&view=table"])
def test_pages_follow_each_other_both_ways_without_a_gap(
    many: list[UUID], alice: User, browser_of: Browse, address: str
) -> None:
    browser, seen, stops = browser_of(alice), [], [address]
    while stops[-1]:
        seen += listed(browser, stops[-1])
        stops.append(browser.get(stops[-1]).context["links"].older)
    assert seen == many
    back = browser.get(stops[-2]).context["links"].newer
    assert listed(browser, back) == many[PAGE_SIZE : 2 * PAGE_SIZE]
    assert listed(browser, browser.get(back).context["links"].newer) == many[:PAGE_SIZE]


def test_a_searched_list_is_paged_in_the_order_of_writing(studio: Project, alice: User, browser_of: Browse) -> None:
    jobs = [make_job(studio, alice, prompt=f"Fox {number}").pk for number in range(PAGE_SIZE + 5)][::-1]
    browser = browser_of(alice)
    first = browser.get("/jobs/?q=fox")
    older = first.context["links"].older
    assert listed(browser, "/jobs/?q=fox") + listed(browser, older) == jobs
    assert listed(browser, browser.get(older).context["links"].newer or "/jobs/?q=fox") == jobs[:PAGE_SIZE]


def test_a_page_past_the_end_shows_the_newest(many: list[UUID], alice: User, browser_of: Browse) -> None:
    nowhere = Cursor(timezone.now() - timedelta(days=9), UUID(int=0))
    assert listed(browser_of(alice), f"/jobs/?page={nowhere}") == many[:PAGE_SIZE]


def test_the_view_is_remembered(studio: Project, alice: User, browser_of: Browse) -> None:
    make_job(studio, alice)
    browser = browser_of(alice)
    assert 'class="gallery"' in browser.get("/jobs/").content.decode()
    browser.get("/jobs/?view=table")
    assert "table-cards" in browser.get("/jobs/?state=open").content.decode()


def test_a_changed_filter_answers_with_the_list_alone_and_its_short_address(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    make_job(studio, alice)
    headers = {"HX-Request": "true", "HX-Target": "jobs-list"}
    answer = browser_of(alice).get("/jobs/?q=&state=open&kind=", headers=headers)
    assert answer["HX-Push-Url"] == "/jobs/?state=open"
    assert "<html" not in answer.content.decode()
    assert 'id="jobs-tools" hx-swap-oob="true"' in answer.content.decode()


def test_an_empty_team_and_a_filter_without_a_match_are_told_apart(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    browser = browser_of(alice)
    assert "No jobs yet" in browser.get("/jobs/").content.decode()
    assert "No job fits these filters" in browser.get("/jobs/?state=failed").content.decode()


def test_every_look_of_a_job_has_its_card(studio: Project, alice: User, browser_of: Browse) -> None:
    looks: dict[str, tuple[Any, dict[str, Any]]] = {
        "image": (Job.Status.SUCCEEDED, {"kind": "image"}),
        "video": (Job.Status.SUCCEEDED, {"kind": "video", "duration_seconds": 5.0}),
        "audio": (Job.Status.SUCCEEDED, {"kind": "audio", "peaks": [0, 50, 100], "width": None}),
        "file": (Job.Status.SUCCEEDED, {"kind": "other", "mime_type": "model/gltf-binary"}),
        "arriving": (Job.Status.SUCCEEDED, {"state": Result.State.PENDING, "kind": ""}),
        "missing": (Job.Status.SUCCEEDED, {"state": Result.State.LOST, "kind": ""}),
        "running": (Job.Status.PROCESSING, {}),
        "stopped": (Job.Status.FAILED, {}),
    }
    assert set(looks) == set(LOOKS)
    for look, (status, result) in looks.items():
        job = make_job(studio, alice, status=status, finished_at=timezone.now(), final_credits=1)
        if result:
            make_result(job, **result)
        assert Card(job).look == look
    browser = browser_of(alice)
    for view in ("gallery", "table"):
        page = browser.get(f"/jobs/?view={view}")
        assert page.status_code == 200
        assert len(page.context["cards"]) == len(LOOKS)


def test_only_what_can_still_change_listens(studio: Project, alice: User, browser_of: Browse) -> None:
    open_job, done = make_job(studio, alice), make_job(studio, alice, status=Job.Status.FAILED)
    text = browser_of(alice).get("/jobs/").content.decode()
    assert f'hx-trigger="job-{open_job.pk} from:body"' in text
    assert f"job-{done.pk} from:body" not in text


@pytest.mark.parametrize("part", ["card", "row"])
def test_one_card_or_row_is_what_the_list_drew(studio: Project, alice: User, browser_of: Browse, part: str) -> None:
    job = make_job(studio, alice)
    text = browser_of(alice).get(f"/jobs/{job.pk}/{part}/").content.decode()
    assert f'id="job-{job.pk}"' in text
    assert f"/jobs/{job.pk}/{part}/" in text
    assert "<html" not in text


def test_a_running_card_tells_the_usual_time_of_its_model(studio: Project, alice: User, browser_of: Browse) -> None:
    now = timezone.now()
    for seconds in (10, 80, 5000):
        made = now - timedelta(seconds=seconds)
        make_job(studio, alice, status=Job.Status.SUCCEEDED, created_at=made, finished_at=now)
    make_job(studio, alice, model=make_model("z-image"), status=Job.Status.PROCESSING)
    assert "usually 1 min 20 s" in browser_of(alice).get("/jobs/?state=processing").content.decode()


def test_the_open_jobs_of_a_key_are_listed_for_its_page(studio: Project, alice: User, browser_of: Browse) -> None:
    make_job(studio, alice, prompt="Still running")
    make_job(studio, alice, prompt="Long done", status=Job.Status.SUCCEEDED)
    assert studio.key
    text = browser_of(alice).get(f"/keys/{studio.key.pk}/jobs/").content.decode()
    assert "Still running" in text
    assert "Long done" not in text


@pytest.mark.parametrize(
    ("params", "kind", "shape"),
    [
        ({"aspect_ratio": "16:9"}, "image", (16, 9)),
        ({"aspectRatio": "9:16"}, "video", (9, 16)),
        ({"size": "1024x1536"}, "image", (1024, 1536)),
        ({"aspect_ratio": "landscape"}, "video", (16, 9)),
        ({"aspect_ratio": "0:0"}, "image", (1, 1)),
        ({"aspect_ratio": ["16:9"], "prompt_16:9": "16:9"}, "image", (1, 1)),
        ({}, "video", (16, 9)),
    ],
)
def test_a_card_has_the_shape_that_was_asked_for(params: dict[str, Any], kind: str, shape: tuple[int, int]) -> None:
    assert asked_shape(params, kind) == shape

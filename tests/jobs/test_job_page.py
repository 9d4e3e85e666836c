"""The page of one job: every state has its canvas, and says what happened, what it cost and what to do."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.files.models import ReferenceFile, Upload
from console.jobs.facing import Face
from console.jobs.models import Job, JobInput, Result
from console.jobs.resolving import ResolutionForm
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job, make_result

Browse = Any
TEMPLATES = Path(settings.ROOT) / "templates" / "jobs"


def page_of(browser: Any, job: Job, part: str = "") -> str:
    answer = browser.get(f"/jobs/{job.pk}/{part}")
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_no_status_lacks_its_canvas() -> None:
    assert {path.stem.removeprefix("_canvas_") for path in TEMPLATES.glob("_canvas_*.html")} == set(Job.Status)


@pytest.mark.parametrize(
    ("sends", "clear_sends", "said"),
    [
        (0, 0, "Sending to Rivya"),
        (1, 0, "Sending to Rivya"),  # counted before the first byte goes out
        (1, 1, "Sending to Rivya again, try 2"),
        (2, 1, "Sending to Rivya again, try 2"),
    ],
)
def test_a_first_send_is_not_called_another_try(sends: int, clear_sends: int, said: str) -> None:
    job = Job(status=Job.Status.UNSENT, sends=sends, clear_sends=clear_sends)
    assert Face(job, may_submit=True, form=ResolutionForm()).stage == said


def test_no_state_of_a_result_lacks_its_look() -> None:
    looks = {path.stem.removeprefix("_result_") for path in TEMPLATES.glob("_result_*.html")}
    assert looks == {"image", "video", "audio", "file"} | set(Result.State) - {Result.State.COLLECTED}


@pytest.mark.parametrize("status", Job.Status)
def test_every_status_draws_a_page_within_twelve_queries(
    studio: Project, alice: User, browser_of: Browse, status: Job.Status
) -> None:
    job = make_job(studio, alice, status=status, error_code="generation_failed", final_credits=0)
    browser = browser_of(alice)
    page_of(browser, job)
    with CaptureQueriesContext(connection) as queries:
        text = page_of(browser, job)
    assert len(queries) <= 12
    assert job.get_status_display() in text
    assert f'id="face-{job.pk}"' in page_of(browser, job, "face/")
    assert f'id="timeline-{job.pk}"' in page_of(browser, job, "timeline/")


def test_several_results_of_every_kind_and_state_are_in_the_filmstrip(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    job = make_job(studio, alice, status=Job.Status.SUCCEEDED, final_credits=3, finished_at=timezone.now())
    shown = [make_result(job, kind=kind, peaks=[1, 2]) for kind in ("image", "video", "audio", "other")]
    shown += [make_result(job, state=state, kind="") for state in Result.State if state != Result.State.COLLECTED]
    text = page_of(browser_of(alice), job)
    assert text.count("data-filmstrip-item") == len(shown)
    assert f"/results/{shown[0].pk}/" in text
    assert "3 credits" in text


@pytest.mark.parametrize(("minutes", "when"), [(30, "in 30 min"), (-1, "in a moment")])
def test_a_result_that_could_not_be_fetched_says_why_and_when_it_is_tried_again(
    studio: Project, alice: User, browser_of: Browse, minutes: int, when: str
) -> None:
    job = make_job(studio, alice, status=Job.Status.SUCCEEDED, final_credits=1, finished_at=timezone.now())
    at = timezone.now() + timedelta(minutes=minutes, seconds=5)
    result = make_result(job, state=Result.State.PENDING, kind="", tries=1, next_try_at=at)
    browser, words = browser_of(alice), "The media host answers 404."
    assert "The file is being copied" in page_of(browser, job)
    Result.objects.filter(pk=result.pk).update(problem=words)
    text = page_of(browser, job)
    assert words in text
    assert when in text
    assert "The file is being copied" not in text
    card = page_of(browser, job, "card/")
    assert words in card
    assert "Bringing it home" not in card


def test_a_failed_job_says_why_whether_it_was_charged_and_what_to_do(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    told: dict[str, Any] = {
        "error_code": "generation_failed",
        "error_message": "The model ran out of paint.",
        "final_credits": 4,
    }
    job = make_job(studio, alice, status=Job.Status.FAILED, request_id="req_77", **told)
    text = page_of(browser_of(alice), job)
    assert "The model ran out of paint." in text
    assert "4 credits were charged." in text
    assert f"/jobs/new/?from={job.pk}" in text
    assert "req_77" in text


def test_a_refused_job_was_not_charged(studio: Project, alice: User, browser_of: Browse) -> None:
    job = make_job(studio, alice, status=Job.Status.REFUSED, error_code="validation_failed", final_credits=0)
    assert "Nothing was charged." in page_of(browser_of(alice), job)


def test_an_unknown_outcome_is_told_as_such_and_can_be_asked_about(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    job = make_job(studio, alice, status=Job.Status.UNKNOWN, sends=2, next_check_at=timezone.now())
    text = page_of(browser_of(alice), job)
    assert "not known yet whether this was charged" in text
    assert f"/jobs/{job.pk}/check/" in text


def test_a_running_job_shows_how_long_it_usually_takes(studio: Project, alice: User, browser_of: Browse) -> None:
    now = timezone.now()
    made = now - timedelta(seconds=90)
    make_job(studio, alice, status=Job.Status.SUCCEEDED, created_at=made, finished_at=now)
    job = make_job(studio, alice, status=Job.Status.PROCESSING)
    text = page_of(browser_of(alice), job)
    assert "usually takes 1 min 30 s" in text
    assert "data-progress-since" in text


def test_what_came_from_outside_is_text_not_markup(studio: Project, alice: User, browser_of: Browse) -> None:
    evil = '<script>alert("x")</script>{{ 7 }}'
    params = {"aspect_ratio": evil, evil: [evil]}
    job = make_job(studio, alice, prompt=evil, status=Job.Status.FAILED, error_code=evil, error_message=evil)
    Job.objects.filter(pk=job.pk).update(params=params, rivya_id=evil, request_id=evil)
    browser = browser_of(alice)
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/code/", "/jobs/?view=gallery", "/jobs/?view=table", "/"):
        assert evil not in browser.get(address).content.decode()


@pytest.mark.parametrize("part", ["", "card/", "row/", "face/", "timeline/", "bundle/", "code/"])
def test_a_stranger_finds_nothing(studio: Project, alice: User, charlie: User, browser_of: Browse, part: str) -> None:
    job = make_job(studio, alice)
    assert browser_of(charlie).get(f"/jobs/{job.pk}/{part}").status_code == 404


def test_the_evidence_holds_ids_and_times_and_nothing_private(studio: Project, alice: User, browser_of: Browse) -> None:
    job = make_job(studio, alice, prompt="A secret product", params={"style": "hidden"}, rivya_id="task_1")
    make_reference(job)
    answer = browser_of(alice).get(f"/jobs/{job.pk}/bundle/")
    told = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert told["rivya_task_id"] == "task_1"
    assert told["prompt_characters"] == 16
    assert told["parameter_names"] == ["style"]
    assert told["references"] == [{"kind": "image", "file_id": "file_9"}]
    for private in ("A secret product", "hidden", "signed-url", "mug.png", alice.email):
        assert private not in answer.content.decode()


def test_the_code_uploads_references_and_reads_the_key_from_the_environment(
    studio: Project, alice: User, browser_of: Browse
) -> None:
    job = make_job(studio, alice, prompt="It's a $(mug)", params={"aspect_ratio": "4:5", "n": 2})
    make_reference(job)
    samples = browser_of(alice).get(f"/jobs/{job.pk}/code/").context["samples"]
    compile(samples.python, "sample.py", "exec")
    assert "RIVYA_API_KEY" in samples.curl
    assert "RIVYA_API_KEY" in samples.python
    assert "mug.png" in samples.curl
    assert "signed-url" not in samples.curl + samples.python


def make_reference(job: Job) -> JobInput:
    file = ReferenceFile.objects.create(
        team=job.team,
        project=job.project,
        kind="image",
        name="mug.png",
        mime_type="image/png",
        size_bytes=9,
        sha256="0",
    )
    upload = Upload.objects.create(
        account=job.account,
        sha256="0",
        kind="image",
        rivya_id="file_9",
        url="https://media.example/signed-url",
        mime_type="image/png",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return JobInput.objects.create(job=job, position=0, file=file, upload=upload)

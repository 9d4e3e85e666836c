"""Results are shown, played, sought in and downloaded by members, and by nobody else."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from console.jobs.models import Job, Result
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_user

CONTENT = bytes(range(256)) * 8


@pytest.fixture
def result(project: Project, alice: User) -> Result:
    """A collected video."""
    job = make_job(project, alice)
    Job.objects.filter(pk=job.pk).update(model="kling/2.6 ü")
    folder = f"results/{job.team_id}/{job.pk}"
    content = default_storage.save(f"{folder}/0-x", ContentFile(CONTENT))
    preview = default_storage.save(f"{folder}/0-x.preview.webp", ContentFile(b"RIFF....WEBP"))
    state = Result.State.COLLECTED
    return Result.objects.create(
        job=job,
        index=0,
        state=state,
        kind="video",
        mime_type="video/mp4",
        sha256="a" * 64,
        content=content,
        preview=preview,
    )


@pytest.fixture
def alices(browser_of: Any, alice: User) -> Client:
    client: Client = browser_of(alice)
    return client


def address(name: str, result: Result) -> str:
    return reverse(f"jobs:{name}", args=[result.pk])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_player_can_seek(alices: Client, result: Result) -> None:
    start = alices.get(address("result", result), headers={"range": "bytes=0-"})
    assert (start.status_code, start["Content-Range"], body(start)) == (206, "bytes 0-2047/2048", CONTENT)
    middle = alices.get(address("result", result), headers={"range": "bytes=1000-1003"})
    assert (middle.status_code, body(middle)) == (206, CONTENT[1000:1004])
    assert middle["Content-Type"] == "video/mp4"
    assert middle["Content-Disposition"].startswith("inline")
    assert "sandbox" in middle["Content-Security-Policy"]


def test_a_download_is_named_after_model_and_job(alices: Client, result: Result) -> None:
    answer = alices.get(address("result_download", result))
    assert answer["Content-Disposition"] == f'attachment; filename="kling-2.6-{result.job_id.hex[:8]}-1.mp4"'
    assert body(answer) == CONTENT


def test_the_preview_is_a_webp_that_the_browser_keeps(alices: Client, result: Result) -> None:
    answer = alices.get(address("result_preview", result))
    assert (answer["Content-Type"], body(answer)[8:]) == ("image/webp", b"WEBP")
    again = alices.get(address("result_preview", result), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_what_is_no_medium_is_only_for_download(alices: Client, result: Result) -> None:
    Result.objects.update(kind="other", mime_type="application/octet-stream")
    answer = alices.get(address("result", result))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert ".bin" in answer["Content-Disposition"]
    body(answer)


def test_a_result_that_is_not_here_yet_is_404(alices: Client, result: Result) -> None:
    Result.objects.update(state=Result.State.PENDING, content="", preview="")
    for name in ("result", "result_download", "result_preview"):
        assert alices.get(address(name, result)).status_code == 404


def test_only_members_of_the_team_get_it(
    client: Client, browser_of: Any, team: Team, charlie: User, result: Result
) -> None:
    viewer = browser_of(make_user("vera", team, Role.VIEWER))
    for name in ("result", "result_download", "result_preview"):
        assert browser_of(charlie).get(address(name, result)).status_code == 404
        assert client.get(address(name, result)).status_code == 302
        answer = viewer.get(address(name, result))
        assert answer.status_code == 200
        body(answer)


def test_looking_at_results_of_one_team_does_not_change_the_current_team(alices: Client, result: Result) -> None:
    before = dict(alices.session)
    body(alices.get(address("result", result)))
    assert dict(alices.session) == before

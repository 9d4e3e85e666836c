"""Results are brought home once, whole, by content; whatever is killed leaves nothing behind."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from console.jobs.collecting import collect, enqueue_stale
from console.jobs.models import Result, Step
from console.live.models import Event
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.jobs.bringing_home import again, finished, incoming, read, stored

State = Result.State


@pytest.fixture
def result(project: Project, alice: User, sandbox: Sandbox) -> Result:
    """A picture that waits at the media host."""
    return finished(project, alice).results.get()


def test_a_picture_comes_home_with_its_preview_and_its_address_is_forgotten(result: Result) -> None:
    collect(result.pk)
    result.refresh_from_db()
    assert (result.state, result.kind, result.source_url, result.problem) == (State.COLLECTED, "image", "", "")
    assert result.width
    assert result.height
    assert result.size_bytes == len(read(str(result.content.name)))
    assert read(str(result.preview.name))[8:12] == b"WEBP"
    assert incoming() == []
    assert result.job.steps.filter(kind=Step.Kind.COLLECTED).count() == 1
    assert Event.objects.filter(name=f"job-{result.job_id}", data__status="succeeded").count() == 2


@pytest.mark.parametrize(("model", "kind"), [("kling-2-6", "video"), ("suno-music", "audio")])
def test_video_and_sound_come_home_with_what_a_player_needs(
    project: Project, alice: User, sandbox: Sandbox, model: str, kind: str
) -> None:
    result = finished(project, alice, model, kind).results.get()
    collect(result.pk)
    result.refresh_from_db()
    assert (result.state, result.kind) == (State.COLLECTED, kind), result.problem
    assert result.duration_seconds
    assert bool(result.preview) == (kind == "video")
    assert len(result.peaks) == (96 if kind == "audio" else 0)


def test_several_results_come_home_each_with_its_own_bytes(project: Project, alice: User, sandbox: Sandbox) -> None:
    job = finished(project, alice, "seedream-4-0", "image", max_images=3)
    results = list(job.results.all())
    assert len(results) == 3
    for each in results:
        collect(each.pk)
    assert len(set(job.results.values_list("sha256", flat=True))) == 3


def test_collecting_twice_is_collecting_once(result: Result) -> None:
    collect(result.pk)
    names = stored(result)
    collect(result.pk)
    again(result)
    assert stored(result) == names
    assert len(names) == 2
    assert result.job.steps.filter(kind=Step.Kind.COLLECTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_collecting_at_the_same_time_is_collecting_once(result: Result) -> None:
    def one(_: int) -> None:
        try:
            collect(result.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    result.refresh_from_db()
    assert (result.state, result.tries) == (State.COLLECTED, 1)
    assert len(stored(result)) == 2
    assert incoming() == []


def test_what_a_killed_try_stored_is_used_by_the_next_one(result: Result, sandbox: Sandbox) -> None:
    collect(result.pk)
    result.refresh_from_db()
    names, address = stored(result), sandbox.state()["generations"]
    url = next(item for item in address if item["id"] == result.job.rivya_id)["result"]["urls"][0]
    # As if the process had died between storing the bytes and writing the row: leased, and nothing known.
    gone = timezone.now() - timedelta(minutes=1)
    Result.objects.filter(pk=result.pk).update(
        state=State.PENDING, content="", preview="", source_url=url, lease=uuid4(), leased_until=gone
    )
    assert again(result).state == State.COLLECTED
    assert stored(result) == names


def test_bytes_of_a_try_that_lost_its_lease_are_removed_when_the_result_is_settled(result: Result) -> None:
    stray = f"results/{result.job.team_id}/{result.job_id}/{result.index}-stray"
    neighbour = f"results/{result.job.team_id}/{result.job_id}/1{result.index}-neighbour"
    for name in (stray, neighbour):
        default_storage.save(name, ContentFile(b"half"))
    collect(result.pk)
    assert not default_storage.exists(stray)
    assert default_storage.exists(neighbour)


def test_the_sweeper_enqueues_what_lost_its_task_and_nothing_else(result: Result) -> None:
    assert not enqueue_stale()  # its own task may still be on the way
    long_ago = timezone.now() - timedelta(minutes=1)
    Result.objects.filter(pk=result.pk).update(next_try_at=long_ago)
    assert enqueue_stale()
    assert not enqueue_stale()
    Result.objects.filter(pk=result.pk).update(
        next_try_at=long_ago, lease=uuid4(), leased_until=timezone.now() + timedelta(seconds=30)
    )
    assert not enqueue_stale()
    Result.objects.filter(pk=result.pk).update(leased_until=long_ago)
    assert enqueue_stale()


def test_the_sweeper_removes_what_killed_processes_left(db: None) -> None:
    folder = Path(django_settings.DATA_DIR) / "incoming"
    folder.mkdir(exist_ok=True)
    old, fresh = folder / "in-old", folder / "in-fresh"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert enqueue_stale()
    assert incoming() == [fresh]
    fresh.unlink()

"""Results are brought home once, whole, by content, and what goes wrong on the way is told and tried again."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from console.jobs.collecting import MOST_TRIES, collect, enqueue_stale
from console.jobs.models import Job, Result, Step
from console.live.models import Event
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_job, make_model
from tests.files.samples import picture, sound
from tests.jobs.following import turn_until_done

State = Result.State


@pytest.fixture
def result(project: Project, alice: User, sandbox: Sandbox) -> Result:
    """A picture that waits at the media host."""
    return finished(project, alice).results.get()


class OwnHost:
    """A media host of the test's own, for content the sandbox does not make; says everything is a PNG."""

    def __init__(self) -> None:
        host = self
        self.content = b""
        self.asked_with = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked_with += str(self.headers)
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(host.content)))
                self.end_headers()
                self.wfile.write(host.content)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self.server.server_port}"

    def serves(self, result: Result, content: bytes) -> None:
        """From now on the result is this."""
        self.content = content
        Result.objects.filter(pk=result.pk).update(source_url=f"http://{self.name}/a.png", source_host=self.name)


@pytest.fixture
def own_host(settings: Any) -> Iterator[OwnHost]:
    host = OwnHost()
    settings.RIVYA_MEDIA_HOSTS = frozenset({host.name})
    thread = threading.Thread(target=host.server.serve_forever, args=(0.05,))
    thread.start()
    yield host
    host.server.shutdown()
    host.server.server_close()
    thread.join()


def finished(project: Project, person: User, model: str = "z-image", kind: str = "image", **params: Any) -> Job:
    job = make_job(project, person, model=make_model(model, category=kind), prompt="[instant] A boat", params=params)
    assert turn_until_done(job).status == Job.Status.SUCCEEDED, job.error_message
    return job


def strike(sandbox: Sandbox, **fault: Any) -> None:
    sandbox.control("POST", "faults", {"match": {"path": "/media/*"}, "times": None, **fault})


def again(result: Result) -> Result:
    """The next try, as if its pause were over."""
    Result.objects.filter(pk=result.pk).update(next_try_at=timezone.now())
    collect(result.pk)
    result.refresh_from_db()
    return result


def stored(result: Result) -> list[str]:
    folder = f"results/{result.job.team_id}/{result.job_id}"
    return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        return bytes(file.read())


def incoming() -> list[Path]:
    return list((Path(django_settings.DATA_DIR) / "incoming").glob("*"))


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


def test_a_result_on_a_host_that_is_not_allowed_is_held_until_it_is(
    result: Result, sandbox: Sandbox, settings: Any
) -> None:
    allowed, settings.RIVYA_MEDIA_HOSTS = settings.RIVYA_MEDIA_HOSTS, frozenset({"media.example"})
    collect(result.pk)
    result.refresh_from_db()
    assert result.state == State.HELD
    assert result.source_host in result.problem
    assert "RIVYA_MEDIA_HOSTS" in result.problem
    assert not enqueue_stale()
    settings.RIVYA_MEDIA_HOSTS = allowed
    assert enqueue_stale()
    assert again(result).state == State.COLLECTED


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "reset", "when": "before"},
        {"fault": "close", "when": "before"},
        {"fault": "half_body", "how": "reset"},
        {"fault": "half_body", "how": "close"},
        {"fault": "error", "code": "internal_error", "status": 500},
        {"fault": "error", "code": "not_found", "status": 404},
        {"fault": "error", "code": "gone", "status": 403},
        {"fault": "rate_limited"},
        {"fault": "redirect"},
        {"fault": "html", "status": 200},
        {"fault": "garbage_json"},
        {"fault": "empty_body"},
        {"fault": "foreign_body"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_failed_try_is_told_and_the_next_one_succeeds(
    result: Result, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    strike(sandbox, **fault)
    collect(result.pk)
    result.refresh_from_db()
    assert (result.state, result.tries, result.lease) == (State.PENDING, 1, None)
    assert result.problem
    assert "http" not in result.problem
    assert result.next_try_at
    assert timezone.now() < result.next_try_at < timezone.now() + timedelta(seconds=3)
    assert result.job.steps.filter(kind=Step.Kind.NOT_COLLECTED).count() == 1
    assert (stored(result), incoming()) == ([], [])
    sandbox.control("DELETE", "faults")
    assert again(result).state == State.COLLECTED


def test_a_dead_address_is_asked_for_again(result: Result, sandbox: Sandbox) -> None:
    good = result.source_url
    Result.objects.filter(pk=result.pk).update(source_url=good.rpartition("/")[0] + "/elsewhere.png")
    assert again(result).state == State.PENDING
    assert result.source_url == good
    assert again(result).state == State.COLLECTED


def test_after_the_last_try_the_result_is_lost_in_words(result: Result, sandbox: Sandbox) -> None:
    strike(sandbox, fault="html", status=200)
    Result.objects.filter(pk=result.pk).update(tries=MOST_TRIES - 2)
    assert again(result).state == State.PENDING
    assert again(result).state == State.LOST
    assert result.tries == MOST_TRIES
    assert result.problem.startswith("Something else came instead of the result.")
    assert result.next_try_at is None
    assert again(result).state == State.LOST


def test_a_result_that_keeps_killing_the_console_is_given_up(result: Result) -> None:
    Result.objects.filter(pk=result.pk).update(tries=MOST_TRIES)
    assert again(result).state == State.LOST


def test_a_result_that_is_too_large_is_not_downloaded(result: Result, sandbox: Sandbox) -> None:
    strike(sandbox, fault="huge", content_type="image/png")
    collect(result.pk)
    result.refresh_from_db()
    assert (result.state, result.problem[:20]) == (State.LOST, "It is larger than th")
    assert incoming() == []


def test_a_medium_that_cannot_be_opened_is_kept_for_download_in_the_end(result: Result, own_host: OwnHost) -> None:
    whole = picture(size=(300, 300))
    own_host.serves(result, whole[: len(whole) // 2])
    assert (again(result).state, again(result).state) == (State.PENDING, State.PENDING)
    assert result.problem.startswith("It arrived damaged.")
    assert again(result).state == State.COLLECTED
    assert (result.kind, result.mime_type, bool(result.preview)) == ("other", "application/octet-stream", False)


def test_other_binary_content_is_kept_for_download(result: Result, own_host: OwnHost) -> None:
    own_host.serves(result, b"glTF\x02\x00\x00\x00" + bytes(200))
    assert again(result).state == State.COLLECTED
    assert (result.kind, result.mime_type) == ("other", "application/octet-stream")


def test_the_declared_type_and_the_kind_of_the_job_are_not_believed(result: Result, own_host: OwnHost) -> None:
    own_host.serves(result, sound())
    assert again(result).state == State.COLLECTED
    assert (result.kind, result.mime_type, len(result.peaks)) == ("audio", "audio/wav", 96)


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


def test_the_key_never_goes_to_the_media_host(result: Result, sandbox: Sandbox, own_host: OwnHost) -> None:
    own_host.serves(result, picture())
    assert again(result).state == State.COLLECTED
    assert own_host.asked_with
    assert sandbox.secret not in own_host.asked_with
    assert "authorization" not in own_host.asked_with.lower()

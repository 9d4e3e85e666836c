"""What goes wrong on the way of a result is told in words, tried again, and in the end never called a success."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.jobs.collecting import MOST_TRIES, PAUSES_SECONDS, collect, enqueue_stale
from console.jobs.models import Result, Step
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.files.samples import picture, sound
from tests.jobs.bringing_home import OwnHost, again, finished, incoming, stored, strike_media

State = Result.State


@pytest.fixture
def result(project: Project, alice: User, sandbox: Sandbox) -> Result:
    """A picture that waits at the media host."""
    return finished(project, alice).results.get()


@pytest.fixture
def own_host(settings: Any) -> Iterator[OwnHost]:
    host = OwnHost()
    settings.RIVYA_MEDIA_HOSTS = frozenset({host.name})
    yield host
    host.stop()


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
    strike_media(sandbox, **fault)
    began = timezone.now()
    collect(result.pk)
    result.refresh_from_db()
    assert (result.state, result.tries, result.lease) == (State.PENDING, 1, None)
    assert result.problem
    assert "http" not in result.problem
    assert result.next_try_at
    assert began < result.next_try_at - timedelta(seconds=PAUSES_SECONDS[0]) < timezone.now()
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
    strike_media(sandbox, fault="html", status=200)
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
    strike_media(sandbox, fault="huge", content_type="image/png")
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


def test_the_key_never_goes_to_the_media_host(result: Result, sandbox: Sandbox, own_host: OwnHost) -> None:
    own_host.serves(result, picture())
    assert again(result).state == State.COLLECTED
    assert own_host.asked_with
    assert sandbox.secret not in own_host.asked_with
    assert "authorization" not in own_host.asked_with.lower()

"""Bytes of files that were taken out of a library: when they go, and who still needs them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from console.chat.models import TurnAttachment
from console.files import adding
from console.files.models import ReferenceFile, Upload
from console.jobs.models import Job, JobInput
from console.projects.models import Project
from console.retention.removed_files import forget_removed_files
from console.teams.models import User
from tests.factories import make_job, make_project, make_turn
from tests.files.library import make_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def removed(spring: Project, alice: User) -> ReferenceFile:
    return remove(make_file(spring, alice), days=31)


def remove(file: ReferenceFile, days: int) -> ReferenceFile:
    ReferenceFile.objects.filter(pk=file.pk).update(removed_at=timezone.now() - timedelta(days=days))
    file.refresh_from_db()
    return file


def there(file: ReferenceFile) -> list[bool]:
    """Whether its bytes and its preview are in the storage."""
    return [default_storage.exists(name) for name in (file.content.name, file.preview.name) if name]


def test_the_bytes_of_a_removed_file_go_after_the_grace(removed: ReferenceFile) -> None:
    assert there(removed) == [True, True]
    assert forget_removed_files() is True
    assert there(removed) == [False, False]
    removed.refresh_from_db()
    assert (removed.content.name, removed.preview.name, removed.name) == ("", "", "boat.png")
    assert forget_removed_files() is False


def test_within_the_grace_it_can_be_brought_back(spring: Project, alice: User, browser_of: Any) -> None:
    file = remove(make_file(spring, alice), days=29)
    assert forget_removed_files() is False
    browser_of(alice).post(f"/files/{file.pk}/restoration/")
    assert there(file) == [True, True]


def test_afterwards_it_says_that_it_cannot(removed: ReferenceFile, alice: User, browser_of: Any) -> None:
    forget_removed_files()
    answer = browser_of(alice).post(f"/files/{removed.pk}/restoration/", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "not kept any more" in answer.content.decode()
    removed.refresh_from_db()
    assert removed.removed_at is not None


def test_a_job_that_shows_it_keeps_it_until_its_results_are_gone(
    spring: Project, alice: User, removed: ReferenceFile
) -> None:
    job = make_job(spring, alice)
    upload = Upload.objects.create(
        account=job.account, sha256=removed.sha256, kind="image", rivya_id="f", url="x", mime_type="image/png",
        expires_at=timezone.now(),
    )  # fmt: skip
    JobInput.objects.create(job=job, position=0, file=removed, upload=upload)
    assert forget_removed_files() is False
    Job.objects.filter(pk=job.pk).update(results_removed_at=timezone.now())
    assert forget_removed_files() is True
    assert there(removed) == [False, False]


def test_a_question_that_is_kept_keeps_it(spring: Project, alice: User, removed: ReferenceFile) -> None:
    attached = TurnAttachment.objects.create(turn=make_turn(spring, alice), file=removed, position=0)
    assert forget_removed_files() is False
    attached.delete()
    assert forget_removed_files() is True


def test_the_same_bytes_of_another_project_stay(removed: ReferenceFile, spring: Project, alice: User) -> None:
    other = make_file(make_project(spring.team, spring.key), alice)
    assert other.content.name == removed.content.name
    assert forget_removed_files() is True
    assert there(other) == [True, True]


def test_the_same_file_added_while_its_bytes_go_is_whole(
    removed: ReferenceFile, spring: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = adding._write
    calls: list[bool] = []

    def written_late(*given: Any) -> ReferenceFile:
        if not calls:
            calls.append(forget_removed_files())
        return write(*given)

    monkeypatch.setattr(adding, "_write", written_late)
    file = make_file(spring, alice)
    assert calls == [True]
    assert there(file) == [True, True]

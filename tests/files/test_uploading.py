"""The same bytes are uploaded once an account while the copy lives, however many ask at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from console import rivya
from console.files.models import ReferenceFile, Upload, UploadClaim
from console.files.uploading import ensure_upload
from console.keys.clients import CannotOpen, connected, from_sync
from console.keys.models import Key, Secret
from console.projects.models import Project
from console.teams.models import Team, User
from tests.conftest import Sandbox
from tests.factories import make_account, make_key, make_project
from tests.files.library import make_file

ensure = from_sync(ensure_upload)


@pytest.fixture
def file(project: Project, bob: User) -> ReferenceFile:
    return make_file(project, bob)


@pytest.fixture
def secret(key: Key) -> Secret:
    found = key.current_secret()
    assert found
    return found


def at_rivya(sandbox: Sandbox) -> list[Any]:
    return [item for item in sandbox.state()["files"] if item["account"] == sandbox.account]


def strike(sandbox: Sandbox, times: int | None = None, **fault: Any) -> None:
    match = {"method": "POST", "path": "/api/v1/files", "account": sandbox.account}
    sandbox.control("POST", "faults", {"match": match, "times": times, **fault})


def test_a_live_copy_is_used_again(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    first = ensure(file, secret, model="seedream-4-0")
    assert ensure(file, secret) == first
    assert len(at_rivya(sandbox)) == 1
    assert first.url
    assert timezone.now() + timedelta(hours=22) < first.expires_at < timezone.now() + timedelta(hours=24)
    assert not UploadClaim.objects.exists()


def test_a_copy_that_lives_less_than_an_hour_is_not_used(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    first = ensure(file, secret)
    Upload.objects.update(expires_at=timezone.now() + timedelta(minutes=59))
    assert ensure(file, secret) != first
    assert len(at_rivya(sandbox)) == 2


def test_the_same_bytes_in_another_project_use_the_same_copy(
    file: ReferenceFile, secret: Secret, sandbox: Sandbox, team: Team, key: Key, bob: User
) -> None:
    twin = make_file(make_project(team, key), bob, name="twin.png")
    assert twin != file
    assert ensure(twin, secret) == ensure(file, secret)
    assert len(at_rivya(sandbox)) == 1


def test_another_account_gets_a_copy_of_its_own(
    file: ReferenceFile, secret: Secret, sandbox: Sandbox, team: Team
) -> None:
    other = make_key(team, sandbox.secret, account=make_account(team)).current_secret()
    assert other
    assert ensure(file, secret).account_id != ensure(file, other).account_id


@pytest.mark.django_db(transaction=True)
async def test_many_at_once_upload_once(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    await asyncio.to_thread(strike, sandbox, fault="slow", seconds=0.6)
    async with connected():
        uploads = await asyncio.gather(*(ensure_upload(file, secret) for _ in range(5)))
    assert len({upload.pk for upload in uploads}) == 1
    assert len(await asyncio.to_thread(at_rivya, sandbox)) == 1
    await sync_to_async(connections.close_all)()  # of the thread that the async code used


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "unavailable"},
        {"fault": "error", "code": "internal_error", "status": 500},
        {"fault": "error", "code": "validation_failed", "status": 422},
        {"fault": "reset", "when": "before"},
        {"fault": "html", "status": 200},
        {"fault": "drop_fields", "fields": ["url"]},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_failed_upload_leaves_nothing_and_the_next_one_works(
    file: ReferenceFile, secret: Secret, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    strike(sandbox, **fault)
    with pytest.raises(rivya.RivyaError):
        ensure(file, secret)
    assert not Upload.objects.exists()
    assert not UploadClaim.objects.exists()
    sandbox.control("DELETE", "faults")
    assert ensure(file, secret).rivya_id


def test_a_key_that_rivya_refuses_is_marked(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    sandbox.control("PATCH", f"keys/{sandbox.secret}", {"state": "revoked"})
    with pytest.raises(rivya.KeyRefused):
        ensure(file, secret)
    secret.refresh_from_db()
    assert secret.state == Secret.State.REFUSED


def test_a_key_that_does_not_open_uploads_nothing(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    Secret.objects.filter(pk=secret.pk).update(sealed=b"nonsense")
    secret.refresh_from_db()
    with pytest.raises(CannotOpen):
        ensure(file, secret)
    assert not UploadClaim.objects.exists()


def test_the_claim_of_a_killed_process_comes_free(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    gone = timezone.now() - timedelta(seconds=1)
    UploadClaim.objects.create(account_id=secret.key.account_id, sha256=file.sha256, lease=uuid4(), leased_until=gone)
    assert ensure(file, secret).rivya_id
    assert not UploadClaim.objects.exists()


def test_a_file_that_rivya_still_looks_at_is_waited_for(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "settings", {"files_processing_seconds": 0.3})
    try:
        assert ensure(file, secret).rivya_id
    finally:
        sandbox.control("PUT", "settings", {"files_processing_seconds": 0})


def test_no_repr_shows_the_address(file: ReferenceFile, secret: Secret, sandbox: Sandbox) -> None:
    upload = ensure(file, secret)
    assert upload.url not in f"{upload!r} {upload}"

"""Sue of the support staff, who belongs to no team, and a team with something of everything private in it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from console.chat.models import Conversation, Turn
from console.files.models import FileKind, ReferenceFile
from console.jobs.models import Job, JobInput, Result, Step
from console.jobs.timeline import note
from console.keys.models import Key
from console.support.models import Opening
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_project, make_result, make_turn, make_user

REASON = "Ticket 4711: Alice asks why her job failed"
PROMPT, PARAMETER, QUESTION, ANSWER = "A secret product", "clandestine", "What is our secret plan", "World domination"
TITLE, FILE_NAME, NOTE, MESSAGE = (
    "A hidden title",
    "unreleased-logo.png",
    "Dana saw it at Rivya",
    "cannot draw a secret",
)
BYTES = b"\x89PNG bytes of a result"
PRIVATE = (PROMPT, PARAMETER, QUESTION, ANSWER, TITLE, FILE_NAME, NOTE, MESSAGE)


@dataclass
class Owned:
    """What Alice's team owns."""

    team: Team
    key: Key
    job: Job
    result: Result
    file: ReferenceFile
    conversation: Conversation
    turn: Turn


@pytest.fixture
def sue(db: None) -> User:
    return make_user("sue", is_staff=True)


@pytest.fixture
def support(sue: User, browser_of: Any) -> Client:
    client: Client = browser_of(sue)
    return client


@pytest.fixture
def owned(team: Team, alice: User, settings: Any, tmp_path: Any) -> Owned:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"]}}
    settings.STORAGES["default"]["OPTIONS"] = {"location": str(tmp_path), "base_url": None}
    key = make_key(team, "rvya_sk_test_of_alices_team_9876")
    project = make_project(team, key)
    job = make_job(
        project, alice, prompt=PROMPT, params={"style": PARAMETER}, rivya_id="task_4711", request_id="req_4711",
        status=Job.Status.FAILED, error_code="generation_failed", error_message=MESSAGE,
    )  # fmt: skip
    note(job.pk, Step.Source.PERSON, Step.Kind.RESOLVED, NOTE)
    result = make_result(job, sha256="1" * 64, source_url="https://media.example/signed")
    result.content.save("a.png", ContentFile(BYTES))
    result.preview.save("b.webp", ContentFile(BYTES))
    file = ReferenceFile(
        team=team, project=project, kind=FileKind.IMAGE, name=FILE_NAME, mime_type="image/png", size_bytes=len(BYTES),
        sha256="2" * 64,
    )  # fmt: skip
    file.content.save("c", ContentFile(BYTES), save=False)
    file.preview.save("d", ContentFile(BYTES), save=False)
    file.save()
    turn = make_turn(project, alice, QUESTION, answer=ANSWER, status=Turn.Status.DONE, error_message=MESSAGE)
    Conversation.objects.filter(pk=turn.conversation_id).update(title=TITLE)
    return Owned(team, key, job, result, file, Conversation.objects.get(pk=turn.conversation_id), turn)


@pytest.fixture
def opening(owned: Owned, sue: User) -> Opening:
    return Opening.objects.create(team=owned.team, staff=sue, reason=REASON)


def give_input(owned: Owned) -> None:
    """Let the job have the file as its reference."""
    from console.files.models import Upload

    upload = Upload.objects.create(
        account=owned.key.account, sha256=owned.file.sha256, kind="image", rivya_id="f", url="https://x.example",
        mime_type="image/png", expires_at=owned.job.deadline_at,
    )  # fmt: skip
    JobInput.objects.create(job=owned.job, position=0, file=owned.file, upload=upload)


def look(client: Client, opening: Opening, person: User) -> Any:
    return client.post("/admin/viewing/", {"opening": str(opening.pk), "person": str(person.pk)})


@pytest.fixture
def seen(support: Client, opening: Opening, alice: User) -> Client:
    """Sue's browser, while she sees as Alice."""
    assert look(support, opening, alice).headers["Location"] == "/"
    return support

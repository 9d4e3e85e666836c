"""The library: bringing, finding, picking, removing and getting back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent
from console.files.adding import tidy_name
from console.files.models import ReferenceFile, Upload
from console.files.uploading import ensure_upload
from console.jobs.models import Job, JobInput
from console.keys.clients import from_sync
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.conftest import Sandbox
from tests.factories import make_job, make_project, make_user
from tests.files.library import make_file
from tests.files.samples import picture, sound

INDEX = "/files/"


@pytest.fixture
def bobs(browser_of: Any, bob: User) -> Client:
    client: Client = browser_of(bob)
    return client


def bring(client: Client, project: Project, content: bytes, name: str = "boat.png", **fields: Any) -> Any:
    data = {"project": str(project.pk), "file": SimpleUploadedFile(name, content), **fields}
    return client.post(INDEX, data, headers={"HX-Request": "true"})


def test_a_picture_is_kept_sent_to_rivya_and_answered_as_a_card(
    bobs: Client, project: Project, sandbox: Sandbox
) -> None:
    answer = bring(bobs, project, picture())
    file = ReferenceFile.objects.get()
    assert answer.status_code == 200
    assert f'id="file-{file.pk}"' in answer.content.decode()
    assert "At Rivya until" in answer.content.decode()
    assert (file.kind, file.width, file.team, file.added_by) == (
        "image",
        64,
        project.team,
        project.team.memberships.get().user,
    )
    assert Upload.objects.get().sha256 == file.sha256
    assert AuditEvent.objects.get(act="file.added").object_id == str(file.pk)


def test_without_a_working_key_the_file_is_kept_and_the_answer_says_so(bobs: Client, team: Team) -> None:
    answer = bring(bobs, make_project(team), picture())
    assert answer.status_code == 200
    assert "It will be sent to Rivya with the job." in answer.content.decode()
    assert ReferenceFile.objects.count() == 1


def test_a_model_that_does_not_take_the_file_says_so_at_once(bobs: Client, project: Project, sandbox: Sandbox) -> None:
    answer = bring(bobs, project, sound(), "voice.wav", model="nano-banana-pro")
    assert "Rivya does not take it for this model." in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>hi</body></html>", "This is text"),
        (b"", "The file is empty."),
        (picture("GIF"), "GIF is not taken"),
        (picture()[:200], "damaged or cut off"),
    ],
)
def test_what_may_not_be_a_reference_is_refused_in_words(
    bobs: Client, project: Project, content: bytes, words: str
) -> None:
    answer = bring(bobs, project, content, "boat.png")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ReferenceFile.objects.exists()


def test_the_same_bytes_again_are_the_same_file(
    bobs: Client, project: Project, team: Team, key: Key, sandbox: Sandbox
) -> None:
    first = bring(bobs, project, picture(), "first.png")
    again = bring(bobs, project, picture(), "again.png")
    assert ReferenceFile.objects.get().name == "first.png"
    assert first.status_code == again.status_code == 200
    bring(bobs, make_project(team, key), picture())
    assert ReferenceFile.objects.count() == 2


def test_a_form_without_scripts_works_and_says_what_was_refused(bobs: Client, team: Team) -> None:
    project = make_project(team)
    files = [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.png", b"words")]
    answer = bobs.post(INDEX, {"project": str(project.pk), "file": files})
    assert answer.status_code == 422
    assert "<strong>b.png</strong>: This is text" in answer.content.decode()
    assert ReferenceFile.objects.get().name == "a.png"
    one = bobs.post(INDEX, {"project": str(project.pk), "file": SimpleUploadedFile("c.png", picture(seed=1))})
    assert one.status_code == 302


@pytest.mark.parametrize("project_id", ["", "nonsense", "6e0a4a52-0000-4000-8000-000000000000"])
def test_an_upload_needs_a_project(bobs: Client, project_id: str) -> None:
    answer = bobs.post(INDEX, {"project": project_id, "file": SimpleUploadedFile("a.png", picture())})
    assert answer.status_code == 404


def test_an_upload_without_a_file_is_told_so(bobs: Client, project: Project) -> None:
    answer = bobs.post(INDEX, {"project": str(project.pk)}, headers={"HX-Request": "true"})
    assert (answer.status_code, "no file" in answer.content.decode()) == (422, True)


def test_a_stranger_and_a_viewer_bring_nothing(
    browser_of: Any, charlie: User, team: Team, project: Project, bob: User
) -> None:
    file = make_file(project, bob)
    viewer = browser_of(make_user("vera", team, Role.VIEWER))
    assert bring(browser_of(charlie), project, picture(seed=1)).status_code == 404
    assert bring(viewer, project, picture(seed=1)).status_code == 403
    assert viewer.post(reverse("files:removal", args=[file.pk])).status_code == 403
    page = viewer.get(INDEX).content.decode()
    assert file.name in page
    assert "data-dropzone" not in page
    assert file.name not in browser_of(charlie).get(INDEX).content.decode()


def test_the_library_filters_by_project_and_kind(bobs: Client, project: Project, team: Team, bob: User) -> None:
    make_file(project, bob, picture(), "boat.png")
    make_file(project, bob, sound(), "voice.wav")
    make_file(make_project(team), bob, picture(seed=2), "tree.png")
    names = ["boat.png", "voice.wav", "tree.png"]

    def shown(**query: str) -> list[str]:
        page = bobs.get(INDEX, query).content.decode()
        return [name for name in names if name in page]

    assert shown() == names
    assert shown(project=str(project.pk)) == ["boat.png", "voice.wav"]
    assert shown(project=str(project.pk), kind="audio") == ["voice.wav"]
    assert shown(kind="video") == []
    assert shown(project="nonsense", kind="nonsense") == names


def test_the_library_is_read_page_by_page_in_few_queries(
    bobs: Client, project: Project, bob: User, django_assert_max_num_queries: Any
) -> None:
    for seed in range(50):
        make_file(project, bob, picture(seed=seed, size=(8, 8)), f"boat-{seed:02}.png")
    with django_assert_max_num_queries(12):
        first = bobs.get(INDEX)
    older = first.context["links"].older
    assert first.content.decode().count('class="file-card"') == 48
    assert bobs.get(older).content.decode().count('class="file-card"') == 2


def test_removing_keeps_the_bytes_can_be_undone_and_is_written_down(bobs: Client, project: Project, bob: User) -> None:
    file = make_file(project, bob)
    removed = bobs.post(reverse("files:removal", args=[file.pk]), headers={"HX-Request": "true"})
    assert "was removed" in removed.content.decode()
    assert file.name not in bobs.get(INDEX).content.decode()
    assert bobs.get(reverse("files:content", args=[file.pk])).status_code == 200
    back = bobs.post(reverse("files:restoration", args=[file.pk]), headers={"HX-Request": "true"})
    assert "was removed" not in back.content.decode()
    assert file.name in bobs.get(INDEX).content.decode()
    assert list(AuditEvent.objects.order_by("at").values_list("act", flat=True)) == [
        "file.added",
        "file.removed",
        "file.restored",
    ]


def test_a_file_that_was_added_again_is_not_restored_beside_itself(bobs: Client, project: Project, bob: User) -> None:
    file = make_file(project, bob)
    bobs.post(reverse("files:removal", args=[file.pk]))
    twin = make_file(project, bob)
    answer = bobs.post(reverse("files:restoration", args=[file.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert ReferenceFile.objects.kept().get() == twin


def test_a_file_in_an_open_job_stays_until_the_job_is_done(bobs: Client, project: Project, bob: User) -> None:
    file, job = make_file(project, bob), make_job(project, bob)
    upload = from_sync(ensure_upload)(file, job.secret)
    JobInput.objects.create(job=job, position=0, file=file, upload=upload)
    address = reverse("files:removal", args=[file.pk])
    refused = bobs.post(address, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "A job that is not finished works from this file." in refused.content.decode()
    assert "Used by 1 job" in refused.content.decode()
    Job.objects.update(finished_at=job.created_at)
    assert bobs.post(address, headers={"HX-Request": "true"}).status_code == 200


def test_the_picker_offers_files_of_the_project_and_keeps_what_was_chosen(
    bobs: Client, project: Project, team: Team, bob: User, browser_of: Any, charlie: User
) -> None:
    boat, voice = make_file(project, bob, picture(), "boat.png"), make_file(project, bob, sound(), "voice.wav")
    tree = make_file(project, bob, picture(seed=3), "tree.png")
    other = make_file(make_project(team), bob, picture(seed=2), "other.png")
    query = {"project": str(project.pk), "kinds": "image", "chosen": [str(boat.pk), str(other.pk), "nonsense"]}
    page = bobs.get("/files/picker/", query).content.decode()
    assert page.index(str(boat.pk)) < page.index(str(tree.pk))
    assert page.count("checked") == 1
    assert str(voice.pk) not in page
    assert str(other.pk) not in page
    assert browser_of(charlie).get("/files/picker/", query).status_code == 404


def test_a_file_brought_in_the_picker_comes_back_chosen(bobs: Client, team: Team) -> None:
    answer = bring(bobs, make_project(team), picture(), place="picker").content.decode()
    assert f'name="reference" value="{ReferenceFile.objects.get().pk}"' in " ".join(answer.split())
    assert "checked" in answer


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\u202egnp.exe", "agnp.exe"), ("  ", "file"), ("x" * 300 + ".png", "x" * 196 + ".png"), ("y" * 300, "y" * 200)],
)
def test_names_are_safe_to_print(given: str, kept: str) -> None:
    assert tidy_name(given) == kept

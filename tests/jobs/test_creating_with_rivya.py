"""The new-job page with the sandbox as Rivya: its live list, uploads, and a model nobody has seen before."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from console.credits.models import Entry
from console.files.models import Upload
from console.jobs.models import Job, JobInput
from console.projects.models import Project
from console.teams.models import User
from tests.conftest import Sandbox
from tests.factories import make_model, make_project
from tests.jobs.creating import form_page, is_chosen, make_reference
from tests.jobs.following import turn_until_done

HOLOGRAM = {
    "id": "holo-1",
    "display_name": "Holo One",
    "category": "image",
    "base_credits": 3,
    "max_prompt_length": 200,
    "params": [
        {"key": "depth_map", "type": "hologram", "required": True, "description": "Planes, from front to back."},
        {"key": "style", "type": "select", "options": ["soft", "hard"], "default": "soft"},
    ],
}
MEDIA = {
    "max_files": 2,
    "kinds": ["image"],
    "limits": [{"kind": "image", "max_bytes": 5000, "mime_types": ["image/png"]}],
}


@pytest.fixture
def browser(bob: User, browser_of: Any) -> Client:
    client: Client = browser_of(bob)
    return client


@pytest.fixture
def hologram(sandbox: Sandbox) -> Iterator[None]:
    sandbox.control("POST", "models", HOLOGRAM)
    yield
    sandbox.control("DELETE", "models/holo-1")


@pytest.fixture
def painter(sandbox: Sandbox) -> Iterator[None]:
    """A model that takes two small pictures, at Rivya and here."""
    entry = {"id": "painter", "category": "image", "base_credits": 2, "reference_media": MEDIA}
    sandbox.control("POST", "models", entry)
    make_model("painter", base_credits=2, raw={"params": [], "reference_media": MEDIA})
    yield
    sandbox.control("DELETE", "models/painter")


def test_a_model_added_to_rivya_with_a_parameter_never_seen_before_is_used_without_new_code(
    browser: Client, project: Project, hologram: None, sandbox: Sandbox
) -> None:
    browser.post(reverse("catalogue:refresh"))
    assert "Holo One" in browser.get(reverse("catalogue:index")).content.decode()
    page = form_page(browser, project, "holo-1")
    assert "JSON, as Rivya describes it" in page.text
    assert "Planes, from front to back." in page.text
    assert page.send(prompt="A fox").status_code == 422
    planes = {"planes": [1, 2.5], "on": True}
    assert (
        page.send(**{"prompt": "A fox", "param-depth_map": json.dumps(planes), "param-style": "hard"}).status_code
        == 302
    )
    job = turn_until_done(Job.objects.get())
    assert json.loads(bytes(job.body))["params"] == {"depth_map": planes, "style": "hard"}
    assert job.status == Job.Status.SUCCEEDED
    assert len(sandbox.generations()) == 1


def test_references_are_at_rivya_before_the_job_is_written_in_the_order_chosen(
    browser: Client, project: Project, painter: None
) -> None:
    first, second = make_reference(project, "a.png"), make_reference(project, "b.png")
    page = form_page(browser, project, "painter")
    assert page.send(prompt="Both", reference=[str(second.pk), str(first.pk)]).status_code == 302
    job = Job.objects.get()
    assert [each.file for each in JobInput.objects.filter(job=job)] == [second, first]
    assert [item["name"] for item in json.loads(bytes(job.body))["params"]["referenceMediaItems"]] == ["b.png", "a.png"]
    assert turn_until_done(job).status == Job.Status.SUCCEEDED


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"size_bytes": 6000}, "is more than this model"),
        ({"mime_type": "image/webp"}, "WebP is not one of PNG"),
        ({"kind": "video", "mime_type": "video/mp4"}, "a video is not what this model takes"),
    ],
)
def test_a_file_that_the_model_does_not_take_is_told_before_anything_is_sent(
    browser: Client, project: Project, painter: None, how: dict[str, Any], says: str
) -> None:
    file = make_reference(project, **how)
    answer = form_page(browser, project, "painter").send(prompt="It", reference=[str(file.pk)])
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert (Job.objects.count(), Upload.objects.count()) == (0, 0)


def test_too_many_files_are_told_before_anything_is_sent(browser: Client, project: Project, painter: None) -> None:
    files = [make_reference(project, f"{number}.png") for number in range(3)]
    answer = form_page(browser, project, "painter").send(prompt="All", reference=[str(file.pk) for file in files])
    assert answer.status_code == 422
    assert "takes 2 at most; 3 are chosen" in answer.content.decode()
    assert Upload.objects.count() == 0


def test_a_file_of_another_project_is_not_used(browser: Client, project: Project, painter: None) -> None:
    elsewhere = make_reference(make_project(project.team, project.key))
    answer = form_page(browser, project, "painter").send(prompt="It", reference=[str(elsewhere.pk)])
    assert answer.status_code == 422
    assert "no longer in this project" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        ({"fault": "error", "code": "validation_failed", "status": 400}, 422, "Rivya did not take a reference file"),
        ({"fault": "error", "code": "internal_error", "status": 500}, 502, "so no job was made"),
        ({"fault": "reset"}, 502, "so no job was made"),
        ({"fault": "error", "code": "api_key_revoked", "status": 401}, 502, "The key was revoked"),
    ],
)
def test_a_failed_upload_leaves_no_job_and_says_why(
    browser: Client, project: Project, painter: None, sandbox: Sandbox, fault: dict[str, Any], status: int, says: str
) -> None:
    sandbox.control("POST", "faults", {"match": {"path": "/api/v1/files"}, "times": 9, **fault})
    file = make_reference(project)
    answer = form_page(browser, project, "painter").send(prompt="It", reference=[str(file.pk)])
    assert answer.status_code == status
    text = answer.content.decode()
    assert says in text
    assert "Nothing was charged." in text
    assert is_chosen(text, str(file.pk))
    assert (Job.objects.count(), Entry.objects.count(), Upload.objects.count()) == (0, 0, 0)


def test_the_references_of_an_earlier_job_are_chosen_again_as_far_as_they_are_left(
    browser: Client, project: Project, painter: None
) -> None:
    kept, removed = make_reference(project, "kept.png"), make_reference(project, "gone.png")
    form_page(browser, project, "painter").send(prompt="Both", reference=[str(kept.pk), str(removed.pk)])
    type(removed).objects.filter(pk=removed.pk).update(removed_at=Job.objects.get().created_at)
    text = form_page(browser, project, "painter", **{"from": Job.objects.get().pk}).text
    assert is_chosen(text, str(kept.pk))
    assert str(removed.pk) not in text


def test_chosen_files_wait_while_a_model_that_takes_none_is_looked_at(
    browser: Client, project: Project, painter: None
) -> None:
    file = make_reference(project)
    make_model("plain")
    page = form_page(browser, project, "painter").redraw(model="plain", reference=str(file.pk))
    assert "1 chosen file is left out" in page.text
    page.typed = {"project": str(project.pk)}
    assert is_chosen(page.redraw(model="painter").text, str(file.pk))
    assert page.send(model="plain", prompt="Alone").status_code == 302
    assert JobInput.objects.count() == 0

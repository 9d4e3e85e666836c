"""A result is handed to a chat as a file of its project's library."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from console.files.models import ReferenceFile
from console.jobs.models import Result
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job

BrowserOf = Callable[[User], Client]


@pytest.fixture
def result(project: Project, alice: User) -> Result:
    picture = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
    made = Result(job=make_job(project, alice), index=0, state=Result.State.COLLECTED, kind="image")
    made.mime_type, made.size_bytes = "image/png", len(picture.getvalue())
    made.content.save("boat.png", ContentFile(picture.getvalue()), save=False)
    made.save()
    return made


def test_a_result_joins_the_library_once_and_leads_to_a_chat_that_has_it(
    result: Result, alice: User, browser_of: BrowserOf
) -> None:
    browser, url = browser_of(alice), reverse("jobs:result_reference", args=[result.pk])
    answers = [browser.post(url), browser.post(url, headers={"HX-Request": "true"})]
    file = ReferenceFile.objects.get()
    place = f"{reverse('chat:new')}?project={result.job.project_id}&file={file.pk}"
    assert [answers[0].headers["Location"], answers[1].headers["HX-Redirect"]] == [place, place]


def test_a_stranger_finds_no_result_to_hand_over(result: Result, charlie: User, browser_of: BrowserOf) -> None:
    answer = browser_of(charlie).post(reverse("jobs:result_reference", args=[result.pk]))
    assert answer.status_code == 404
    assert not ReferenceFile.objects.exists()

"""A result whose bytes are gone from the disk cannot become a reference; that is no fault of the console's."""

from typing import Any

import pytest
from django.urls import reverse

from console.files.models import ReferenceFile
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_job, make_result


@pytest.mark.django_db
def test_a_result_whose_bytes_are_gone_is_not_there(browser_of: Any, alice: User, project: Project) -> None:
    result = make_result(make_job(project, alice), content="gone")
    answer = browser_of(alice).post(reverse("jobs:result_reference", args=[result.pk]))
    assert answer.status_code == 404
    assert not ReferenceFile.objects.exists()

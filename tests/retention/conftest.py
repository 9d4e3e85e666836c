"""A project with a key, for what it keeps."""

import pytest

from console.projects.models import Project
from console.teams.models import Team
from tests.factories import make_key, make_project


@pytest.fixture
def spring(team: Team) -> Project:
    return make_project(team, make_key(team), name="Spring")

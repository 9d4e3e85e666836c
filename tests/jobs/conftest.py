"""For pages of jobs that nobody sends: a project whose key no Rivya ever sees."""

import pytest

from console.projects.models import Project
from console.teams.models import Team
from tests.factories import make_key, make_project


@pytest.fixture
def studio(team: Team) -> Project:
    return make_project(team, make_key(team), name="Studio")

"""An endpoint whose signing secret the test knows, at an account that no Rivya ever sees."""

from collections.abc import Iterator
from typing import Any

import pytest

from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.factories import make_key, make_project
from tests.webhooks.catching import Catcher
from tests.webhooks.ringing import make_endpoint


@pytest.fixture
def quiet_key(team: Team) -> Key:
    return make_key(team)


@pytest.fixture
def studio(team: Team, quiet_key: Key) -> Project:
    return make_project(team, quiet_key, name="Studio")


@pytest.fixture
def endpoint(quiet_key: Key) -> Endpoint:
    return make_endpoint(quiet_key)


@pytest.fixture
def catcher(sandbox: Sandbox, settings: Any) -> Iterator[Catcher]:
    """Where the console says it is found, as far as the sandbox knows; local addresses are let in."""
    running = Catcher()
    settings.PUBLIC_URL = running.url
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    sandbox.control("PUT", "settings", {"allow_local_webhooks": True, "webhook_speed": 6000})
    yield running
    sandbox.control("PUT", "settings", {"allow_local_webhooks": False, "webhook_scheme": "rivya"})
    mischief = ("duplicates", "drop", "lie", "unsigned", "wrong_secret", "altered_body", "timestamp_offset_seconds")
    sandbox.control("PUT", "webhooks", dict.fromkeys(mischief))
    running.stop()

"""A keyset that is not this console's is found at the start, and a rotation leaves the canary openable."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.audit.models import AuditEvent
from console.keys import canary, vault
from console.keys.models import Canary
from console.keys.rotating import rotate
from console.teams.models import Team
from console.worker import starting
from tests.factories import make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def keyset(tmp_path: Path, settings: Any) -> Path:
    """A keyset of this test's own."""
    settings.KEYSET_PATH = tmp_path / "keyset.json"
    vault.make_keyset(settings.KEYSET_PATH)
    return tmp_path / "keyset.json"


def exchange(keyset: Path) -> None:
    """Another console's keyset in the place of ours."""
    keyset.unlink()
    vault._known.pop(keyset, None)
    vault.make_keyset(keyset)


def test_the_first_start_makes_it_and_the_next_finds_it(keyset: Path) -> None:
    assert starting.refusals() == []
    first = bytes(Canary.objects.get().sealed)
    assert starting.refusals() == []
    assert bytes(Canary.objects.get().sealed) == first


def test_another_keyset_is_refused_until_it_is_accepted(keyset: Path, client: Client) -> None:
    starting.refusals()
    assert client.get("/readyz").json()["keyset"] == "ok"
    exchange(keyset)
    (reason,) = starting.refusals()
    assert "does not open the canary" in reason
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["keyset"]) == (503, "does not open the canary")
    with pytest.raises(CommandError, match="The console does not start:\n- The keyset is another one"):
        call_command("work")
    call_command("accept_keyset", stdout=io.StringIO())
    assert AuditEvent.objects.filter(act="keyset.accepted").count() == 1
    assert starting.refusals() == []


def test_no_canary_is_made_with_a_keyset_that_opens_no_key(keyset: Path, team: Team) -> None:
    make_key(team)
    exchange(keyset)
    (reason,) = starting.refusals()
    assert "another console's" in reason
    assert not Canary.objects.exists()


def test_a_missing_keyset_is_refused(keyset: Path) -> None:
    keyset.unlink()
    vault._known.pop(keyset, None)
    (reason,) = starting.refusals()
    assert "make_keyset" in reason


def test_a_rotation_that_drops_the_old_keys_keeps_it_openable(keyset: Path, team: Team) -> None:
    make_key(team)
    starting.refusals()
    rotate()
    rotate(drop_old=True)
    assert len(json.loads(keyset.read_text())["key"]) == 1
    canary.check()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_keyset_that_others_may_read_is_refused(keyset: Path, mode: int) -> None:
    keyset.chmod(mode)
    (reason,) = starting.refusals()
    assert f"may be read by others (mode {mode:o})" in reason


def test_a_data_directory_that_others_may_change_is_refused(keyset: Path, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.DATA_DIR.chmod(0o777)
    (reason,) = starting.refusals()
    assert "chmod 700" in reason
    settings.DATA_DIR.chmod(0o755)
    assert starting.refusals() == []


def test_debug_is_refused_at_a_public_address_only(keyset: Path, settings: Any) -> None:
    settings.DEBUG = True
    assert starting.refusals() == []
    settings.PUBLIC_URL = "https://console.example.com"
    (reason,) = starting.refusals()
    assert "DEBUG is on" in reason

"""What is changed from the command line has its lines too, as the console's own acts."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command, get_commands

from console.audit.models import AuditEvent
from console.credits import ledger
from console.credits.models import Budget
from console.keys.models import Key
from console.teams.models import Team, User
from tests.conftest import Sandbox
from tests.factories import make_job, make_project

pytestmark = pytest.mark.django_db

WITHOUT_LINES = {
    "work": "the worker: what it does to a job is the job's timeline, what it takes and gives the ledger",
    "export_state": "reads only, on the machine itself",
    "accept_keyset": "tests/keys/test_canary.py reads its line",
    "make_keyset": "comes before there is a database that could hold a line",
}


def told() -> list[str]:
    assert not AuditEvent.objects.exclude(actor_id=None, actor_label="the console").exists()
    return sorted(AuditEvent.objects.values_list("act", flat=True))


def run(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def make_owner(**_: Any) -> list[str]:
    run("make_owner", "dana@example.com", "--team", "Product")
    return ["member.added", "person.created", "team.created"]


def seed_teams(tmp_path: Path, sandbox: Sandbox, **_: Any) -> list[str]:
    key = {"name": "Studio", "purpose": "studio", "secret": sandbox.secret}
    project = {"name": "Spring", "purpose": "P", "key": "studio"}
    members = [{"email": "dana@example.com", "password": "correct horse battery", "role": "owner"}]
    described = {
        "teams": [{"name": "Product", "members": members, "keys": [key], "projects": [project]}],
        "staff": [{"email": "support@example.com", "password": "correct horse battery"}],
    }
    file = tmp_path / "teams.json"
    file.write_text(json.dumps(described))
    run("seed_teams", str(file))
    acts = ["key.added", "key.checked", "member.added", "person.created", "person.created", "person.made_staff"]
    assert told() == [*acts, "project.created", "team.created"]
    run("seed_teams", str(file))  # again: nothing changes
    return [*acts, "project.created", "team.created"]


def seed_demo(**_: Any) -> list[str]:
    run("seed_demo")
    projects = ["project.created"] * 3
    acts = ["key.added", "key.checked", "member.added", "password.changed", "person.created"]
    return sorted([*acts, *projects, "team.created"])


def check_usage(team: Team, key: Key, alice: User, **_: Any) -> list[str]:
    project = make_project(team, key)
    ledger.settle(make_job(project, alice).pk, 1)
    Budget.objects.filter(project=project).update(committed=99)
    run("check_usage", "--repair")
    return ["usage.repaired"]


def remove_second_steps(alice: User, **_: Any) -> list[str]:
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "secret:"})
    run("remove_second_steps", "Alice@example.com")
    assert not Authenticator.objects.filter(user=alice).exists()
    return ["second_step.removed"]


COMMANDS = {each.__name__: each for each in (make_owner, seed_teams, seed_demo, check_usage, remove_second_steps)}
ELSEWHERE = {"rotate_keyset"}  # below: with a keyset of its own


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_changes_something_has_its_lines(
    name: str, tmp_path: Path, sandbox: Sandbox, team: Team, key: Key, alice: User
) -> None:
    expected = COMMANDS[name](tmp_path=tmp_path, sandbox=sandbox, team=team, key=key, alice=alice)
    assert told() == expected


def test_rotating_the_keyset_has_its_lines(key: Key, settings: Any, tmp_path: Path) -> None:
    copy = tmp_path / "keyset.json"
    copy.write_bytes(settings.KEYSET_PATH.read_bytes())
    settings.KEYSET_PATH = copy
    run("rotate_keyset", "--drop-old")
    assert told() == ["keyset.key_added", "keyset.old_keys_dropped", "keyset.rotated"]
    assert AuditEvent.objects.get(act="keyset.rotated").after["resealed"] == 1


def test_every_command_is_known_here() -> None:
    ours = {name for name, app in get_commands().items() if str(app).startswith("console.")}
    assert ours == COMMANDS.keys() | WITHOUT_LINES.keys() | ELSEWHERE


def test_a_superuser_has_a_line(tmp_path: Path) -> None:
    User.objects.create_superuser("root@example.com", "correct horse battery")
    assert told() == ["person.made_staff"]

"""What is only ever added stays as it was written, also for somebody with the database open."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from console.audit.models import AuditEvent
from console.audit.recording import record
from console.credits import ledger
from console.credits.models import Entry
from console.teams.models import Team, User
from tests.conftest import APPEND_ONLY
from tests.factories import make_key, make_project

CHANGES = ["UPDATE credits_entry SET credits = 0", "DELETE FROM credits_entry"]
CHANGES_OF_LOG = [
    "UPDATE audit_auditevent SET actor_label = 'somebody else'",
    "DELETE FROM audit_auditevent",
    "UPDATE audit_searchentry SET words = ''",
    "DELETE FROM audit_searchentry",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_the_ledger(team: Team, alice: User, change: str) -> None:
    key = make_key(team)
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    line = ledger.reserve(subject, project=make_project(team, key), key=key, person=alice, credits=7)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Entry.objects.get().credits == line.credits == 7


@pytest.mark.parametrize("change", CHANGES_OF_LOG)
def test_the_database_refuses_to_change_the_audit_log(team: Team, alice: User, change: str) -> None:
    line = record("thing.done", team, team_id=team.pk, actor=alice)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditEvent.objects.get(pk=line.pk, search_entry__isnull=False).actor_label == str(alice)


def test_a_line_outlives_the_person_it_names(team: Team, alice: User, bob: User) -> None:
    key = make_key(team)
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    ledger.reserve(subject, project=make_project(team, key), key=key, person=bob, credits=7)
    bob_id = bob.pk
    bob.delete()
    assert Entry.objects.get().person_id == bob_id


def test_the_protection_is_there_after_all_migrations(tmp_path: Path) -> None:
    environment = {**os.environ, "CONSOLE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "console.settings"}
    environment.pop("DATABASE_URL", None)
    for command in (["make_keyset"], ["migrate", "--verbosity", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(tmp_path / "console.sqlite3")) as database:
        found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {f"{table}_no_{change}" for table in APPEND_ONLY for change in ("UPDATE", "DELETE")} <= found

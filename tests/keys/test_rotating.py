"""The keyset rotates without anyone typing a key again, and may be killed at any point."""

import os
import secrets
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console.keys import rotating, vault
from console.keys.clients import open_secret
from console.keys.models import Key, Secret
from console.teams.models import Team
from tests.factories import make_key

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def own_keyset(settings: Any, tmp_path: Path) -> Path:
    settings.KEYSET_PATH = tmp_path / "keyset.json"
    vault.make_keyset(settings.KEYSET_PATH)
    return Path(settings.KEYSET_PATH)


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_keyset", *arguments, stdout=out)
    return out.getvalue()


def opened(team: Team) -> set[str]:
    return {open_secret(secret, team.pk) for secret in Secret.objects.all()}


def test_every_secret_is_sealed_anew_and_opens(team: Team) -> None:
    pasted = {f"rvya_sk_number_{number}" for number in range(5)}
    for secret in pasted:
        make_key(team, secret)
    before = vault.primary_key_id()
    assert "5 sealed anew, 0 cannot be opened" in rotate()
    assert vault.primary_key_id() != before
    assert all(vault.is_sealed_with_primary(secret.sealed) for secret in Secret.objects.all())
    assert opened(team) == pasted


def test_a_second_run_goes_on_with_an_unfinished_rotation(team: Team, own_keyset: Path) -> None:
    for number in range(3):
        make_key(team, f"rvya_sk_number_{number}")
    primary = vault.add_primary(own_keyset)
    make_key(team, "rvya_sk_number_new")
    assert "Went on with an unfinished rotation: 3 sealed anew" in rotate()
    assert vault.primary_key_id() == primary


def test_the_old_keys_go_when_nothing_needs_them(team: Team) -> None:
    make_key(team, "rvya_sk_number_1")
    rotate()
    primary = vault.primary_key_id()
    assert "1 old keys removed" in rotate("--drop-old")
    assert vault.keyset().key_ids == (primary,)
    assert opened(team) == {"rvya_sk_number_1"}


def test_one_command_rotates_and_drops(team: Team) -> None:
    make_key(team, "rvya_sk_number_1")
    before = vault.primary_key_id()
    rotate("--drop-old")
    assert before not in vault.keyset().key_ids
    assert opened(team) == {"rvya_sk_number_1"}


def test_what_does_not_open_is_counted_marked_kept_and_holds_the_old_keys(team: Team) -> None:
    make_key(team, "rvya_sk_number_1")
    broken = make_key(team, "rvya_sk_number_2")
    whole = bytes(broken.secrets.get().sealed)
    sealed = whole[:-1] + bytes([whole[-1] ^ 1])
    Secret.objects.filter(key=broken).update(sealed=sealed)
    with pytest.raises(CommandError, match="1 secrets are not sealed under the primary key"):
        rotate("--drop-old")
    broken.refresh_from_db()
    assert (broken.state, bytes(broken.secrets.get().sealed)) == ("unopenable", sealed)
    assert len(vault.keyset().key_ids) == 2
    Key.objects.filter(pk=broken.pk).update(state="retired")
    Secret.objects.filter(key=broken).update(state="retired", sealed=b"")
    assert "1 old keys removed" in rotate("--drop-old")


def test_two_rotations_do_not_run_at_once(team: Team, own_keyset: Path) -> None:
    with rotating.alone(own_keyset), pytest.raises(CommandError, match="Another rotation"):
        rotate()


def test_a_running_process_sees_a_keyset_that_another_has_changed(team: Team, own_keyset: Path, settings: Any) -> None:
    key = make_key(team, "rvya_sk_number_1")
    code = "import sys, pathlib; from console.keys import vault; vault.add_primary(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", f"import django; django.setup(); {code}", str(own_keyset)]
    before = vault.primary_key_id()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
    assert vault.primary_key_id() != before
    sealed = vault.seal("x", table="keys_secret", row=key.pk, team=team.pk)
    assert vault.is_sealed_with_primary(sealed)


def test_a_keyset_that_is_half_written_for_a_moment_disturbs_nobody(team: Team, own_keyset: Path) -> None:
    make_key(team, "rvya_sk_number_1")
    whole = own_keyset.read_text()
    own_keyset.write_text(whole[:50])
    assert opened(team) == {"rvya_sk_number_1"}
    own_keyset.unlink()
    assert opened(team) == {"rvya_sk_number_1"}


@pytest.mark.django_db(transaction=True)
def test_a_killed_rotation_is_finished_by_the_next(own_keyset: Path) -> None:
    team = Team.objects.create(name="Many keys")
    for number in range(400):
        make_key(team, f"rvya_sk_number_{number}")
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "CONSOLE_KEYSET": str(own_keyset),
        "CONSOLE_SECRET_KEY": secrets.token_urlsafe(48),
        "CONSOLE_DATA_DIR": str(own_keyset.parent),
        "DATABASE_URL": address_of_the_database(),
    }
    before = vault.primary_key_id()
    process = subprocess.Popen([sys.executable, "manage.py", "rotate_keyset"], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 30
    while vault.primary_key_id() == before or not any(map(is_done, Secret.objects.all()[:50])):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait(10)
    primary = vault.primary_key_id()
    done = sum(map(is_done, Secret.objects.all()))
    assert 0 < done < 400, "killed too early or too late to be worth anything"
    assert f"{400 - done} sealed anew" in rotate()
    assert vault.primary_key_id() == primary
    assert len(opened(team)) == 400


def address_of_the_database() -> str:
    """Where a second process finds the database of this test."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    person = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    return f"postgres://{person}@{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"


def is_done(secret: Secret) -> bool:
    return vault.is_sealed_with_primary(secret.sealed)

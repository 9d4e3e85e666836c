"""Rotate the master keyset: a new primary key, every secret sealed anew, and the old keys gone when nothing needs them.

Each row is re-sealed in a statement of its own that only wins against the very bytes it was read as: a rotation may be
killed at any point, and run again, while the console works.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings

from console import rivya
from console.audit.recording import Thing, record
from console.keys import clients, second_steps, vault
from console.keys.models import Secret
from console.keys.sealing import TABLE

BATCH = 200


class StillNeeded(Exception):
    """The old keys stay: `count` secrets are not sealed under the primary key."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} secrets are not sealed under the primary key, so the old keys stay.")
        self.count = count


class RotationRunning(Exception):
    """Another rotation of this keyset is at work."""


@dataclass(frozen=True)
class Rotated:
    """What a rotation did. `continued` when it went on with an earlier one instead of making a new key."""

    continued: bool
    resealed: int
    unopenable: int
    dropped_keys: int = 0


def rotate(*, drop_old: bool = False) -> Rotated:
    """Raises StillNeeded (after re-sealing what can be), RotationRunning, OSError when the keyset cannot be written.

    Goes on with an unfinished rotation; makes a new key only when every secret that opens is sealed under the primary.
    With `drop_old` a finished rotation is not followed by another: only its old keys go.
    """
    path = settings.KEYSET_PATH
    with alone(path):
        resealed = _reseal()
        continued = resealed > 0
        if not continued and not (drop_old and len(vault.keyset().key_ids) > 1):
            _record("keyset.key_added", {"primary": vault.add_primary(path)})
            resealed = _reseal()
        done = Rotated(continued, resealed, _note_unopenable())
        _record("keyset.rotated", asdict(done))
        if drop_old:
            done = replace(done, dropped_keys=_drop(path))
            _record("keyset.old_keys_dropped", {"dropped": done.dropped_keys})
    return done


def _record(act: str, after: dict[str, Any]) -> None:
    """After the file was changed: of a kill between the two, the next run tells what is there."""
    keyset = Thing("keyset", vault.primary_key_id(), "keyset")
    record(act, keyset, team_id=None, actor=None, after=after)


def outside_primary() -> Iterator[Secret]:
    """Secrets that hold something sealed under another key than the primary, in batches, oldest id first."""
    last = None
    while True:
        rows = Secret.objects.exclude(sealed=b"").select_related("key").order_by("pk")
        batch = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
        if not batch:
            return
        yield from (secret for secret in batch if not vault.is_sealed_with_primary(secret.sealed))
        last = batch[-1].pk


def others_outside_primary() -> Iterator[Any]:
    """The same of what other rooms seal: models that name their `SEALED_TABLE`; every row says `sealed_for_team`."""
    for model in apps.get_models():
        if hasattr(model, "SEALED_TABLE"):
            rows: Iterator[Any] = model._default_manager.order_by("pk").iterator(BATCH)
            yield from (row for row in rows if not vault.is_sealed_with_primary(row.sealed))


def _reseal() -> int:
    """Returns how many were sealed anew. What does not open is left as it is."""
    ours = sum(_reseal_one(secret, TABLE, secret.key.team_id) for secret in outside_primary())
    steps = sum(second_steps.reseal(step) for step in second_steps.outside_primary())
    theirs = sum(_reseal_one(row, row.SEALED_TABLE, row.sealed_for_team) for row in others_outside_primary())
    return ours + steps + theirs


def _reseal_one(row: Any, table: str, team: UUID) -> int:
    as_read = bytes(row.sealed)
    try:
        value = rivya.Secret(vault.open_sealed(as_read, table=table, row=row.pk, team=team))
    except vault.CannotOpen:
        return 0
    anew = vault.seal(value.reveal(), table=table, row=row.pk, team=team)
    same: int = type(row).objects.filter(pk=row.pk, sealed=as_read).update(sealed=anew)
    return same


def _note_unopenable() -> int:
    count = 0
    for secret in outside_primary():
        try:
            clients.open_secret(secret, secret.key.team_id)
        except clients.CannotOpen:
            clients.note_cannot_open(secret)
            count += 1
    return count


def _drop(path: Path) -> int:
    _reseal()  # what was sealed by a running process while the keyset changed under it
    left = sum(
        1 for rows in (outside_primary(), others_outside_primary(), second_steps.outside_primary()) for _ in rows
    )
    if left:
        raise StillNeeded(left)
    return vault.drop_old(path)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the keyset for one rotation. Raises RotationRunning when another holds it."""
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RotationRunning("Another rotation of this keyset is running.") from None
        yield

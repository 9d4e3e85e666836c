"""The only code that sees a secret: seals it, opens it, and changes the keyset under it.

Tink AEAD; the additional data binds a ciphertext to its table, column, row and team, so a sealed value copied to
another row does not open. The keyset lives in a file (mode 0600) or a secret mount, never in the database. Each use
looks whether the file has changed (one `stat`), so a rotation reaches running processes at once.
"""

import hashlib
import hmac
import io
import json
import os
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import tink
from django.conf import settings
from tink import aead, cleartext_keyset_handle

aead.register()

Sealed = bytes | memoryview  # what a BinaryField holds, by database


class CannotOpen(Exception):
    """The sealed value does not open with the keyset we have: wrong keyset, altered bytes, or another row's value."""


class NoKeyset(Exception):
    """The keyset file is missing or makes no sense: nothing can be said about any value."""


class Keyset(NamedTuple):
    """The keyset file as it was read at `stamp` (time of change in ns, inode, size)."""

    stamp: tuple[int, int, int]
    primary_id: int
    key_ids: tuple[int, ...]
    primitive: aead.Aead


_known: dict[Path, Keyset] = {}


def seal(value: str, *, table: str, row: UUID, team: UUID) -> bytes:
    """Seal under the primary key; bytes 1 to 4 of what comes back are that key's id. Raises NoKeyset."""
    return bytes(keyset().primitive.encrypt(value.encode(), _bound_to(table, row, team)))


def open_sealed(sealed: Sealed, *, table: str, row: UUID, team: UUID) -> str:
    """The value that was sealed for exactly this row. Raises CannotOpen, NoKeyset."""
    primitive = keyset().primitive
    try:
        return bytes(primitive.decrypt(bytes(sealed), _bound_to(table, row, team))).decode()
    except (tink.TinkError, UnicodeDecodeError) as error:
        raise CannotOpen(f"{table} {row}") from error


def fingerprint(value: str) -> str:
    """Tells whether a secret was pasted before, without being of use to anyone who reads the database."""
    key = hashlib.sha256(b"console.keys.fingerprint:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def is_sealed_with_primary(sealed: Sealed) -> bool:
    """Whether the value needs no re-sealing after a rotation."""
    return bytes(sealed)[1:5] == primary_key_id().to_bytes(4, "big")


def primary_key_id() -> int:
    """The id of the key that new values are sealed with."""
    return keyset().primary_id


def keyset() -> Keyset:
    """The file's keyset as it is now; the last good one while the file is away or half written. Raises NoKeyset."""
    path = settings.KEYSET_PATH
    known = _known.get(path)
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if known is None or known.stamp != stamp:
            known = _known[path] = _parsed(path.read_text(), stamp)
    except (OSError, ValueError, KeyError, TypeError, tink.TinkError) as error:
        if known is None:
            raise NoKeyset(f"The keyset cannot be read: {type(error).__name__}.") from None
    return known


def make_keyset(path: Path) -> bool:
    """Write a new keyset with mode 0600 unless there is one; returns whether it did."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _serialised(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)))
    return True


def add_primary(path: Path) -> int:
    """Add a new key to the keyset and make it primary; old keys still open what they sealed. Returns its id."""
    content = json.loads(path.read_text())
    fresh = json.loads(_serialised(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)))
    content["key"] += fresh["key"]
    content["primaryKeyId"] = fresh["primaryKeyId"]
    _replace(path, json.dumps(content))
    return int(fresh["primaryKeyId"])


def drop_old(path: Path) -> int:
    """Remove every key but the primary; returns how many. Only after everything was re-sealed."""
    content = json.loads(path.read_text())
    kept = [key for key in content["key"] if key["keyId"] == content["primaryKeyId"]]
    dropped = len(content["key"]) - len(kept)
    _replace(path, json.dumps({**content, "key": kept}))
    return dropped


def _bound_to(table: str, row: UUID, team: UUID) -> bytes:
    return f"{table}|sealed|{row}|{team}".encode()


def _parsed(text: str, stamp: tuple[int, int, int]) -> Keyset:
    content = json.loads(text)
    handle = cleartext_keyset_handle.read(tink.JsonKeysetReader(text))
    ids = tuple(int(key["keyId"]) for key in content["key"])
    return Keyset(stamp, int(content["primaryKeyId"]), ids, handle.primitive(aead.Aead))


def _serialised(handle: tink.KeysetHandle) -> str:
    out = io.StringIO()
    cleartext_keyset_handle.write(tink.JsonKeysetWriter(out), handle)
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    _write(beside, text)
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # nothing may be sealed with a key that a power cut could still take away
    finally:
        os.close(folder)

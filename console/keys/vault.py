"""The only code that sees a secret: seals it, opens it, and changes the keyset under it.

Tink AEAD; the additional data binds a ciphertext to its table, column, row and team, so a sealed value copied to another
row does not open. The keyset lives in a file (mode 0600) or a secret mount, never in the database.
"""

import hashlib
import hmac
import io
import json
import os
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import tink
from django.conf import settings
from tink import aead, cleartext_keyset_handle

aead.register()


class CannotOpen(Exception):
    """The sealed value does not open with the keyset we have: wrong keyset, altered bytes, or another row's value."""


def seal(value: str, *, table: str, row: UUID, team: UUID) -> bytes:
    """Seal under the primary key. The key's id is the first bytes of what comes back."""
    return bytes(_primitive().encrypt(value.encode(), _bound_to(table, row, team)))


def open_sealed(sealed: bytes, *, table: str, row: UUID, team: UUID) -> str:
    """The value that was sealed for exactly this row. Raises CannotOpen."""
    try:
        return bytes(_primitive().decrypt(bytes(sealed), _bound_to(table, row, team))).decode()
    except (tink.TinkError, UnicodeDecodeError) as error:
        raise CannotOpen(f"{table} {row}") from error


def fingerprint(value: str) -> str:
    """Tells whether a secret was pasted before, without being of use to anyone who reads the database."""
    key = hashlib.sha256(b"console.keys.fingerprint:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def is_sealed_with_primary(sealed: bytes) -> bool:
    """Whether the value needs no re-sealing after a rotation."""
    return bytes(sealed)[1:5] == primary_key_id().to_bytes(4, "big")


def primary_key_id() -> int:
    return int(json.loads(_keyset_json())["primaryKeyId"])


def make_keyset(path: Path) -> bool:
    """Write a new keyset with mode 0600 unless there is one; returns whether it did."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _serialised(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)))
    return True


def add_primary(path: Path) -> int:
    """Add a new key to the keyset and make it primary; old keys still open what they sealed. Returns the new key's id."""
    keyset = json.loads(path.read_text())
    fresh = json.loads(_serialised(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)))
    keyset["key"] += fresh["key"]
    keyset["primaryKeyId"] = fresh["primaryKeyId"]
    _replace(path, json.dumps(keyset))
    return int(fresh["primaryKeyId"])


def drop_old(path: Path) -> int:
    """Remove every key but the primary; returns how many. Only after everything was re-sealed."""
    keyset = json.loads(path.read_text())
    kept = [key for key in keyset["key"] if key["keyId"] == keyset["primaryKeyId"]]
    dropped = len(keyset["key"]) - len(kept)
    _replace(path, json.dumps({**keyset, "key": kept}))
    return dropped


def forget_keyset() -> None:
    """Read the keyset file again at the next use."""
    _keyset_json.cache_clear()
    _primitive.cache_clear()


def _bound_to(table: str, row: UUID, team: UUID) -> bytes:
    return f"{table}|sealed|{row}|{team}".encode()


@lru_cache(maxsize=1)
def _keyset_json() -> str:
    return settings.KEYSET_PATH.read_text()


@lru_cache(maxsize=1)
def _primitive() -> aead.Aead:
    handle = cleartext_keyset_handle.read(tink.JsonKeysetReader(_keyset_json()))
    return handle.primitive(aead.Aead)


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
    forget_keyset()

"""Bytes on their way into the storage: written aside first, moved in whole, never visible half written.

What a killed process leaves behind is a file in `incoming`, which `sweep_incoming` removes.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

ABANDONED_AFTER_SECONDS = 3600


class Incoming:
    """A file that is being written: `path` to read it by, `file` to write to."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self.file = file
        self.path = path

    def put(self, name: str) -> None:
        """Move the bytes into the storage under `name`, which must stand for these bytes: where it exists, it stays."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if default_storage.exists(name):
            return
        saved = default_storage.save(name, _Movable(self.file, self.path))
        if saved != name:  # somebody put the same bytes there between the two lines
            default_storage.delete(saved)
        _flush_folder(name)


@contextmanager
def incoming() -> Iterator[Incoming]:
    """A new file beside the storage, gone at the end unless it was put."""
    descriptor, name = tempfile.mkstemp(dir=_folder(), prefix="in-")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield Incoming(file, path)
    finally:
        path.unlink(missing_ok=True)


def put_bytes(content: bytes, name: str) -> None:
    """Like `Incoming.put`, for bytes in memory."""
    with incoming() as into:
        into.file.write(content)
        into.put(name)


def sweep_incoming() -> bool:
    """Remove what killed processes left; returns whether there was anything."""
    before = time.time() - ABANDONED_AFTER_SECONDS
    abandoned = [path for path in _folder().iterdir() if _written_at(path) < before]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return bool(abandoned)


class _Movable(File):  # type: ignore[type-arg]  # not subscriptable when running
    """Tells the file storage to rename instead of copying."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__(file, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _flush_folder(name: str) -> None:
    """A row will say that the file is there: so the folder's entry must survive a power cut too."""
    if not isinstance(default_storage, FileSystemStorage):
        return
    folder = os.open(Path(default_storage.path(name)).parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()

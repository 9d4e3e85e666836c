"""A lock on a file beside the database. The system takes it back from whoever held it, however they end."""

import fcntl
import os

from django.db import OperationalError


class LockFile:
    """One a process and purpose."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file, self._opened_by = -1, 0

    def take(self, *, shared: bool = False) -> bool:
        """Whether it was free, or is this process's already. Does not wait.

        Raises OperationalError when the file cannot be opened.
        """
        try:
            fcntl.flock(self._opened(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it back, if it is held."""
        if self._opened_by == os.getpid():
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        """A lock belongs to whoever opened the file: a child process opens it anew."""
        if self._opened_by != os.getpid():
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise OperationalError(f"unable to open {self._path}: {error.strerror}") from error
            self._opened_by = os.getpid()
        return self._file

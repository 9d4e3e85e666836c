"""Which other processes wait to write: said by a shared lock on a file beside the database.

Without it the process that has just written begins its next transaction before any other has looked again, and the
others wait for as long as it has work. The lock goes with whoever held it, however they end.
"""

import fcntl
import os


class Crowd:
    """One a process and database. Whoever is first in the process's queue asks and says."""

    def __init__(self, database: str) -> None:
        self._path = f"{database}-writers"
        self._file, self._opened_by = -1, 0

    def others_wait(self) -> bool:
        """Whether another process waits. Not asked between `wait` and `stop_waiting`."""
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        self.stop_waiting()
        return False

    def wait(self) -> None:
        """Say that this process waits."""
        try:
            fcntl.flock(self._opened(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody asks at this very moment; one turn without a word
            return

    def stop_waiting(self) -> None:
        """Take that back."""
        fcntl.flock(self._opened(), fcntl.LOCK_UN)

    def _opened(self) -> int:
        """A lock belongs to whoever opened the file: a child process opens it anew."""
        if self._opened_by != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._file

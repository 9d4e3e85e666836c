"""Which other processes wait to write: said by a shared lock on a file beside the database.

Without it the process that has just written begins its next transaction before any other has looked again, and the
others wait for as long as it has work.
"""

from console.engine.sqlite.lock_file import LockFile


class Crowd:
    """One a process and database. Whoever is first in the process's queue asks and says."""

    def __init__(self, database: str) -> None:
        self._lock = LockFile(f"{database}-writers")

    def others_wait(self) -> bool:
        """Whether another process waits. Not asked between `wait` and `stop_waiting`."""
        if not self._lock.take():
            return True
        self._lock.release()
        return False

    def wait(self) -> None:
        """Say that this process waits. Where somebody asks at this very moment: one turn without a word."""
        self._lock.take(shared=True)

    def stop_waiting(self) -> None:
        """Take that back."""
        self._lock.release()

"""Writers of one process, first come, first served.

SQLite has one lock for writing and no queue before it: who finds it taken sleeps for up to 100 ms and looks again, and
whoever happens to look when it is free goes first. Fifty threads that do so wait for seconds while others pass them.
"""

import threading
from collections import deque


class WriterQueue:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def enter(self, timeout_seconds: float) -> bool:
        """Wait for one's turn; false when it did not come in time. Who was let in must `leave`."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout_seconds):
            return True
        with self._guard:
            if turn.is_set():  # handed over at the last moment
                return True
            self._waiting.remove(turn)
        return False

    def leave(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

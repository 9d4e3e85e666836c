"""At most so many streams a person in one process: who opens one more takes the place of their oldest.

A page in the background holds none (its script lets go), so the oldest is a page that was forgotten, or a client that
collects streams. It is told to come back later, and resumes then where it was: nothing is missed.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.conf import settings

# An event, because a page notes the time to wait only beside one.
TOLD: Final = b"retry: 10000\nevent: live-elsewhere\ndata: {}\n\n"


class Seat:
    """One open stream."""

    is_taken = False


_seats: dict[UUID, deque[Seat]] = {}


@contextmanager
def seat_of(person: UUID | None) -> Iterator[Seat]:
    """A place for one stream, until its end; `is_taken` once a newer one has it. Nobody's is not counted."""
    if person is None:
        yield Seat()
        return
    seat, mine = Seat(), _seats.setdefault(person, deque())
    mine.append(seat)
    while settings.LIMIT_STREAMS and len(mine) > settings.LIMIT_STREAMS:
        mine.popleft().is_taken = True
    try:
        yield seat
    finally:
        if not seat.is_taken:
            mine.remove(seat)
        if not mine and _seats.get(person) is mine:
            del _seats[person]


def seats_of(person: UUID) -> int:
    """How many streams of theirs this process holds."""
    return len(_seats.get(person, ()))

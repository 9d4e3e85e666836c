"""Cut off an answer of a known length whose reader may no longer have it: they see that it is not whole.

A file has no room for last words, and one that merely ended would look whole. So the connection is closed before the
length is reached that was promised. `Handler` (`threads.py`) lets Django end its request before the server is told.
"""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Final, cast

import structlog
from asgiref.sync import sync_to_async

log = structlog.get_logger("console.engine")
# Half of the 30 s within which reading ends: the other half is for the chunk that is on its way.
ASKED_EVERY_SECONDS: Final = 15.0
MayStill = Callable[[], bool]


class CutShort(Exception):
    """The reader may no longer have the rest."""


def while_they_may(chunks: Iterator[bytes], may_still: MayStill) -> Iterator[bytes]:
    """The same bytes; whoever takes longer is asked about every 15 s, before the next chunk. Raises CutShort."""
    asked_at = time.monotonic()
    for chunk in chunks:
        if time.monotonic() - asked_at >= ASKED_EVERY_SECONDS:
            _ask(may_still)
            asked_at = time.monotonic()
        yield chunk


async def while_they_may_async(chunks: AsyncIterator[bytes], may_still: MayStill) -> AsyncIterator[bytes]:
    """As `while_they_may`; `may_still` may ask the database."""
    asked_at = time.monotonic()
    async with aclosing(cast(AsyncGenerator[bytes, None], chunks)):
        async for chunk in chunks:
            if time.monotonic() - asked_at >= ASKED_EVERY_SECONDS:
                await sync_to_async(_ask)(may_still)
                asked_at = time.monotonic()
            yield chunk


def _ask(may_still: MayStill) -> None:
    if may_still():
        return
    log.info("answer_cut_short", why="its reader may no longer have it")
    raise CutShort


def is_no_cut(record: logging.LogRecord) -> bool:
    """For the server's own log: to it a cut is an error with a trace, and it has its line already."""
    return not (record.exc_info and isinstance(record.exc_info[1], CutShort))

"""Whether this process is about to end: streams say so to their pages, which then connect to the next process."""

import asyncio
from weakref import WeakKeyDictionary

_of_the_loop: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Event]" = WeakKeyDictionary()


def leaving() -> asyncio.Event:
    """Set once this process has been told to end."""
    loop = asyncio.get_running_loop()
    if loop not in _of_the_loop:
        _of_the_loop[loop] = asyncio.Event()
    return _of_the_loop[loop]

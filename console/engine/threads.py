"""Threads for Django's synchronous half, lent for a request and used again: a stream keeps none while its reader waits.

asgiref gives every request a thread of its own until its answer is through, and with it a database connection: a
thousand open streams would be a thousand threads.
"""

from collections import deque
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler

# More are made when all are out, and ended when they come back to a full rest.
MOST_AT_REST = 32
_at_rest: deque[Executor] = deque()


class LentThread(ThreadSensitiveContext):
    """All synchronous code within runs in one thread after the other's end, as Django expects it."""

    async def __aenter__(self) -> "LentThread":
        await super().__aenter__()  # type: ignore[no-untyped-call]
        executor = _at_rest.pop() if _at_rest else ThreadPoolExecutor(1, thread_name_prefix="request")
        SyncToAsync.context_to_thread_executor[self] = executor
        return self

    async def __aexit__(self, *exception: Any) -> None:
        self.give_back()
        await super().__aexit__(*exception)  # type: ignore[no-untyped-call]

    def give_back(self) -> None:
        """Nothing may be running in it. Synchronous code that comes later in the same context gets another thread."""
        executor = SyncToAsync.context_to_thread_executor.pop(self, None)
        if executor is None:
            return
        if len(_at_rest) < MOST_AT_REST:
            _at_rest.append(executor)
        else:
            executor.shutdown(wait=False)


class Handler(ASGIHandler):
    """Django's own, with lent threads."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with LentThread():
            await self.handle(scope, receive, send)


def let_thread_go() -> None:
    """For a stream: whoever waits for the next event needs no thread."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    if isinstance(context, LentThread):
        context.give_back()

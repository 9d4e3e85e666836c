"""Threads for Django's synchronous half, lent for a request and used again: a stream keeps none while its reader waits.

asgiref gives every request a thread of its own until its answer is through, and with it a database connection: a
thousand open streams would be a thousand threads.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler

from console.engine.cutting import CutShort

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
    """Django's own, with lent threads, and answers that are cut short."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        told = _Told(send)
        async with LentThread():
            await self.handle(scope, receive, told)
        if told.cut:
            raise told.cut

    async def send_response(self, response: Any, send: Any) -> None:
        try:
            await super().send_response(response, send)
        except CutShort as cut:
            # Django ends nothing of a request whose answer fails. It ends this one, and the server is told after that.
            send.cut = cut


class _Told:
    """What the server is told, and whether that was cut short."""

    def __init__(self, send: Callable[[Any], Awaitable[None]]) -> None:
        self.cut: CutShort | None = None
        self._send = send

    async def __call__(self, message: Any) -> None:
        await self._send(message)


def let_thread_go() -> None:
    """For a stream: whoever waits for the next event needs no thread."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    if isinstance(context, LentThread):
        context.give_back()

"""A chat turn as it is written: an async context manager to iterate over (`rivya-api.md` §8)."""

import time
from collections import deque
from typing import NoReturn, Self

from ._exchange import Call
from ._sending import Sender
from .chat_events import ChatEvent, Done, SessionCreated, error_of, read_event
from .errors import NoAnswer, RivyaError, StreamCut, TimedOut, Unreadable
from .sse import EventParser, Oversize, RawEvent
from .transport import Reply


class ChatStream:
    """Use as `async with client.chat.stream(…) as events`, then `async for event in events`.

    Entering raises what a plain call raises. Iterating ends after `Done`; it raises `Refused` for an error event and
    `StreamCut` when the stream ends without either. Leaving closes the connection, however the reader leaves.
    `session_id` is set from the first event on.
    """

    def __init__(self, sender: Sender, call: Call, *, idle_seconds: float, deadline_seconds: float) -> None:
        self._sender = sender
        self._call = call
        self._idle_seconds = idle_seconds
        self._deadline_seconds = deadline_seconds
        self._ends_at = 0.0
        self._reply: Reply | None = None
        self._parser = EventParser()
        self._waiting: deque[RawEvent] = deque()
        self.session_id: str | None = None

    @property
    def is_drained(self) -> bool:
        """Whether the next event has still to come. Then the reader may rest: what comes meanwhile is kept for it."""
        return not self._waiting

    async def __aenter__(self) -> Self:
        self._ends_at = time.monotonic() + self._deadline_seconds
        self._reply = await self._sender.open_stream(self._call, idle_seconds=self._idle_seconds)
        if not self._reply.headers.get("content-type", "").lower().startswith("text/event-stream"):
            await self.aclose()
            raise Unreadable("The answer is not an event stream.")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection; nothing more will come."""
        reply, self._reply = self._reply, None
        self._waiting.clear()
        if reply is not None:
            await reply.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatEvent:
        while self._reply is not None:
            raw = self._waiting.popleft() if self._waiting else await self._received(self._reply)
            event = await self._understood(raw) if raw is not None else None
            if event is not None:
                return event
        raise StopAsyncIteration

    async def _received(self, reply: Reply) -> RawEvent | None:
        """The next event off the wire, None when a chunk completed none. Raises `StreamCut`."""
        cut = "deadline" if time.monotonic() > self._ends_at else None
        try:
            cut = cut or self._taken(await reply.next_chunk())
        except TimedOut:
            cut = "idle"
        except NoAnswer:
            cut = "lost"
        except Oversize:
            cut = "oversize"
        if cut is not None:
            await self._failed(StreamCut(cut, session_id=self.session_id))
        return self._waiting.popleft() if self._waiting else None

    def _taken(self, chunk: bytes | None) -> str | None:
        """Parse a chunk; at the end of the body, the word for a stream cut there."""
        self._waiting.extend(self._parser.feed(chunk or b""))
        return "ended" if chunk is None else None

    async def _understood(self, raw: RawEvent) -> ChatEvent | None:
        if raw.name == "error":
            await self._failed(self._sender.stream_refusal(error_of(raw)))
        event: ChatEvent | Unreadable | None
        try:
            event = read_event(raw)
        except Unreadable as error:
            event = error
        if isinstance(event, Unreadable):
            await self._failed(event)
        if isinstance(event, SessionCreated):
            self.session_id = event.session_id
        if isinstance(event, Done):
            await self.aclose()
        return event

    async def _failed(self, error: RivyaError) -> NoReturn:
        await self.aclose()
        raise error

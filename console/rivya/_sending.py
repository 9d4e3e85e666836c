"""The loop that sends a call, reports each attempt and retries what may be retried."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from . import _exchange
from ._exchange import Call, Received, Wire
from .errors import Refused, RivyaError, TimedOut, Unreadable
from .secret import Secret
from .transport import Reply, Transport

LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
_LARGEST_REFUSAL_BYTES = 64 * 1024
_USER_AGENT = "rivya-team-console"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of one call, for a log line or a metric: never a body, a key or an id.

    `error` is the name of the error's class; `status` is None when no answer came.
    """

    method: str
    path_template: str
    status: int | None
    request_id: str | None
    attempt: int
    elapsed_ms: int
    error: str | None


OnExchange = Callable[[Exchange], None]
AnswerT = TypeVar("AnswerT", Received, Reply)


@dataclass(frozen=True, slots=True)
class Sender:
    """A transport with a base URL, a key and options; what the nouns call."""

    transport: Transport
    base_url: str
    api_key: Secret | None
    attempts: int
    on_exchange: OnExchange | None
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float]

    async def exchange(self, call: Call) -> Received:
        """Send a call and read its whole answer, any 2xx. Raises `Refused` and `NoAnswer`."""
        seconds = call.timeout_seconds or self.transport.timeout_seconds

        async def whole(wire: Wire) -> Received:
            received: Received | None = None
            try:
                async with asyncio.timeout(seconds):
                    received = await self._whole(wire)
            except TimeoutError:
                pass
            if received is None:
                raise TimedOut
            return received

        return await self._persist(call, whole, idle_seconds=seconds)

    async def open_stream(self, call: Call, *, idle_seconds: float) -> Reply:
        """Send a call and return its 2xx answer, the body still to come; the caller closes it. Retries end here."""
        return await self._persist(call, self._head, idle_seconds=idle_seconds)

    def stream_refusal(self, envelope: Any) -> Refused:
        """The error of an `error` event inside a stream (`rivya-api.md` §8.1)."""
        return _exchange.refused(envelope, status=200, api_key=self.api_key)

    async def _persist(self, call: Call, once: Callable[[Wire], Awaitable[AnswerT]], *, idle_seconds: float) -> AnswerT:
        wire = _exchange.wire(
            call, base_url=self.base_url, api_key=self.api_key, user_agent=_USER_AGENT, idle_seconds=idle_seconds
        )
        doubt = False
        attempt = 0
        while True:
            attempt += 1
            tried = await self._tried(call, wire, once, attempt)
            if not isinstance(tried, RivyaError):
                return tried
            doubt = doubt or tried.outcome == "unknown"
            if attempt >= self.attempts or not _exchange.may_repeat(call, tried):
                # An earlier attempt may have been done, whatever the last one was told.
                tried.outcome = "unknown" if doubt else tried.outcome
                raise tried
            await self.sleep(_exchange.pause_seconds(tried, attempt=attempt, jitter=self.jitter()))

    async def _tried(
        self, call: Call, wire: Wire, once: Callable[[Wire], Awaitable[AnswerT]], attempt: int
    ) -> AnswerT | RivyaError:
        started = time.monotonic()
        tried: AnswerT | RivyaError | None = None
        try:
            tried = await once(wire)
        except RivyaError as error:
            tried = error
        finally:
            self._report(call, attempt, started, tried)
        return tried

    async def _whole(self, wire: Wire) -> Received:
        async with await self._head(wire) as reply:
            body = await reply.read(LARGEST_ANSWER_BYTES)
        if body.lost is not None:
            raise body.lost
        if not body.is_whole:
            raise Unreadable("The answer is too large.", request_id=reply.request_id)
        return Received(reply.status, reply.headers, body.data)

    async def _head(self, wire: Wire) -> Reply:
        reply = await self.transport.open(wire)
        if 200 <= reply.status < 300:
            return reply
        async with reply:
            # As far as it comes: the status is known already, so losing the rest changes nothing.
            body = await reply.read(_LARGEST_REFUSAL_BYTES)
        raise _exchange.refusal(Received(reply.status, reply.headers, body.data), api_key=self.api_key)

    def _report(self, call: Call, attempt: int, started: float, tried: Received | Reply | RivyaError | None) -> None:
        if self.on_exchange is None:
            return
        answer = tried if isinstance(tried, Received | Reply | Refused) else None
        self.on_exchange(
            Exchange(
                method=call.method,
                path_template=call.template,
                status=answer.status if answer else None,
                request_id=answer.request_id if answer else getattr(tried, "request_id", None),
                attempt=attempt,
                elapsed_ms=round((time.monotonic() - started) * 1000),
                error="Cancelled" if tried is None else type(tried).__name__ if isinstance(tried, RivyaError) else None,
            )
        )

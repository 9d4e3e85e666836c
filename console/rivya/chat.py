"""Chat turns and sessions (`rivya-api.md` §7, §8 and §9)."""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from ._exchange import Call
from ._sending import Sender
from .chat_events import Message, TokenUsage, TurnCredits
from .chat_stream import ChatStream
from .generations import encode_json
from .types import Answer, Id, Moment, plain, read_pairs

_TURN_SECONDS = 300.0
_SESSION = "/api/v1/chat/sessions/{session_id}"


class Completion(Answer, frozen=True, kw_only=True):
    """One finished turn."""

    vital: ClassVar[tuple[str, ...]] = ("id", "session_id", "message")

    id: Id
    session_id: Id
    message: Message
    model: str | None = None
    created_at: Moment | None = None
    usage: TokenUsage | None = None
    credits: TurnCredits | None = None


class Session(Answer, frozen=True, kw_only=True):
    """One API chat session, tied to its model. `messages` is filled when one session is read, oldest first (A23)."""

    id: Id
    model: str | None = None
    title: str | None = None
    tool_slug: str | None = None
    controls: dict[str, Any] | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    last_message_at: Moment | None = None
    messages: tuple[Message, ...] = ()


class ChatCalls:
    """`client.chat`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @staticmethod
    def encode(
        *,
        model: str,
        message: str,
        session_id: str | None = None,
        file_ids: Sequence[str] = (),
        enable_web_search: bool | None = None,
        reasoning_effort: str | None = None,
        thought_mode: str | None = None,
        client_request_id: str | None = None,
    ) -> bytes:
        """The exact bytes of a turn, the same for the same input; `file_ids` become attachments."""
        given = {
            "model": model,
            "message": message,
            "session_id": session_id,
            "attachments": [{"file_id": file_id} for file_id in file_ids] or None,
            "enable_web_search": enable_web_search,
            "reasoning_effort": reasoning_effort,
            "thought_mode": thought_mode,
            "client_request_id": client_request_id,
        }
        return encode_json({name: value for name, value in given.items() if value is not None})

    async def complete(
        self, body: bytes, *, idempotency_key: str, timeout_seconds: float = _TURN_SECONDS
    ) -> Completion:
        """One turn, answered whole. After an unknown outcome: same key, same bytes. Raises `RivyaError`."""
        call = Call(
            "POST",
            "/api/v1/chat/completions",
            body=body,
            idempotency_key=idempotency_key,
            timeout_seconds=timeout_seconds,
            repeatable=True,
        )
        del body
        received = await self._sender.exchange(call)
        return received.one(Completion)

    def stream(
        self, body: bytes, *, idempotency_key: str, idle_seconds: float = 90.0, deadline_seconds: float = 900.0
    ) -> ChatStream:
        """One turn, event by event. `idle_seconds` without a byte, or `deadline_seconds` in all, cut it."""
        call = Call(
            "POST",
            "/api/v1/chat/completions/stream",
            body=body,
            idempotency_key=idempotency_key,
            accept="text/event-stream",
            repeatable=True,
        )
        return ChatStream(self._sender, call, idle_seconds=idle_seconds, deadline_seconds=deadline_seconds)

    async def sessions(self) -> list[Session]:
        """The account's API sessions, without messages."""
        received = await self._sender.exchange(Call("GET", "/api/v1/chat/sessions", repeatable=True))
        return received.many(Session)

    async def session(self, session_id: str) -> Session:
        """One session with its committed messages, under `messages` or `data`. Raises `RivyaError`."""
        received = await self._sender.exchange(Call("GET", _SESSION, ids=(session_id,), repeatable=True))
        return msgspec.structs.replace(received.one(Session), messages=_messages(received.fields))


def _messages(body: dict[str, Any]) -> tuple[Message, ...]:
    inner = body if "id" in body else plain(body.get("data"))
    pairs = read_pairs(Message, inner.get("messages", inner.get("data"))) or []
    return tuple(message for message, _ in pairs)

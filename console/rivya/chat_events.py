"""The events of a chat stream (`rivya-api.md` §8.1) and the pieces they share with whole answers."""

from typing import Any, ClassVar

import msgspec

from .errors import Unreadable
from .sse import RawEvent
from .types import Answer, Count, CreditCount, Id, Moment, parsed, plain, read_one


class Message(Answer, frozen=True, kw_only=True):
    """A committed message of a session."""

    vital: ClassVar[tuple[str, ...]] = ("id", "role", "content")

    id: Id
    role: str
    content: str
    created_at: Moment | None = None
    attachments: tuple[Any, ...] = ()


class TokenUsage(Answer, frozen=True, kw_only=True):
    """Tokens of one turn."""

    vital: ClassVar[tuple[str, ...]] = ()

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    total_tokens: Count | None = None


class TurnCredits(Answer, frozen=True, kw_only=True):
    """Credits of one turn; `final` may differ from `reserved` (§15)."""

    vital: ClassVar[tuple[str, ...]] = ()

    reserved: CreditCount | None = None
    final: CreditCount | None = None


class ChatEvent(Answer, frozen=True, kw_only=True):
    """What every event of a stream carries."""

    vital: ClassVar[tuple[str, ...]] = ()

    request_id: str | None = None
    session_id: str | None = None


class SessionCreated(ChatEvent, frozen=True, kw_only=True):
    """Accepted and reserved: store `session_id` now, recovery needs it."""

    vital: ClassVar[tuple[str, ...]] = ("session_id",)

    session_id: Id
    model: str | None = None


class MessageDelta(ChatEvent, frozen=True, kw_only=True):
    """Text to show, not committed. A replayed turn has none."""

    vital: ClassVar[tuple[str, ...]] = ("delta",)

    delta: str
    index: int | None = None


class MessageCompleted(ChatEvent, frozen=True, kw_only=True):
    """Committed: the whole text, which replaces the deltas."""

    vital: ClassVar[tuple[str, ...]] = ("message",)

    message: Message


class UsageCompleted(ChatEvent, frozen=True, kw_only=True):
    """Settled."""

    usage: TokenUsage | None = None
    credits: TurnCredits | None = None


class Heartbeat(ChatEvent, frozen=True, kw_only=True):
    """Rivya is still there; carries nothing."""


class Done(ChatEvent, frozen=True, kw_only=True):
    """The end of a stream that succeeded."""


_KINDS: dict[str, type[ChatEvent]] = {
    "session.created": SessionCreated,
    "message.delta": MessageDelta,
    "message.completed": MessageCompleted,
    "usage.completed": UsageCompleted,
}

_DELTA = msgspec.json.Decoder(MessageDelta, strict=False)


def read_event(raw: RawEvent) -> ChatEvent | None:
    """The event, or None for a name not known yet. Raises `Unreadable` when a known event makes no sense."""
    if raw.name == "heartbeat":
        return Heartbeat()  # its data is not documented (A21)
    if raw.name == "done":
        return Done()
    kind = _KINDS.get(raw.name)
    if kind is None:
        return None
    if kind is MessageDelta and (delta := _plain_delta(raw)):
        return delta
    event = read_one(kind, parsed(raw.data))
    if event is None:
        raise Unreadable("An event of the stream makes no sense.")
    return event


def _plain_delta(raw: RawEvent) -> MessageDelta | None:
    """A delta as it nearly always comes, read in one step; None for what wants a closer look."""
    try:
        return _DELTA.decode(raw.data)
    except msgspec.DecodeError:
        return None


def error_of(raw: RawEvent) -> Any:
    """The `error` object of an error event, as it came; None when it cannot be read."""
    return plain(parsed(raw.data)).get("error")

"""A client of the Rivya Public API v1: async, typed, honest about outcomes, careful with retries and with secrets.

::

    async with rivya.Transport() as transport:
        client = rivya.Client(transport, api_key=key)
        body = client.generations.encode(model="z-image", prompt="A red bicycle")
        generation = await client.generations.create(body, idempotency_key=str(uuid4()))
"""

from ._lines import StreamParser
from ._sending import Exchange, OnExchange
from .chat import ChatCalls, Completion, Session
from .chat_events import (
    ChatEvent,
    Done,
    Heartbeat,
    Message,
    MessageCompleted,
    MessageDelta,
    SessionCreated,
    TokenUsage,
    TurnCredits,
    UsageCompleted,
)
from .chat_stream import ChatStream
from .client import Client
from .credits import Credits, CreditsCalls
from .endpoints import Delivery, Endpoint, EndpointCalls, Event, EventCalls
from .errors import (
    Conflict,
    Invalid,
    KeyRefused,
    MediaRefused,
    Missing,
    NoAnswer,
    Outcome,
    OutOfCredits,
    Refused,
    RivyaError,
    ScopeMissing,
    SignatureInvalid,
    StreamCut,
    TimedOut,
    TooMany,
    Unavailable,
    Unreadable,
)
from .files import File, FileCalls
from .generations import Generation, GenerationCalls, GenerationError, GenerationResult
from .media import Media, fetch_media
from .models import Model, ModelCalls
from .secret import Secret, scrub
from .transport import Transport
from .webhooks import SignatureScheme, Signed, StandardScheme, TimestampScheme, WebhookEvent, verify_webhook

__all__ = [
    "ChatCalls",
    "ChatEvent",
    "ChatStream",
    "Client",
    "Completion",
    "Conflict",
    "Credits",
    "CreditsCalls",
    "Delivery",
    "Done",
    "Endpoint",
    "EndpointCalls",
    "Event",
    "EventCalls",
    "Exchange",
    "File",
    "FileCalls",
    "Generation",
    "GenerationCalls",
    "GenerationError",
    "GenerationResult",
    "Heartbeat",
    "Invalid",
    "KeyRefused",
    "Media",
    "MediaRefused",
    "Message",
    "MessageCompleted",
    "MessageDelta",
    "Missing",
    "Model",
    "ModelCalls",
    "NoAnswer",
    "OnExchange",
    "OutOfCredits",
    "Outcome",
    "Refused",
    "RivyaError",
    "ScopeMissing",
    "Secret",
    "Session",
    "SessionCreated",
    "SignatureInvalid",
    "SignatureScheme",
    "Signed",
    "StandardScheme",
    "StreamCut",
    "StreamParser",
    "TimedOut",
    "TimestampScheme",
    "TokenUsage",
    "TooMany",
    "Transport",
    "TurnCredits",
    "Unavailable",
    "Unreadable",
    "UsageCompleted",
    "WebhookEvent",
    "fetch_media",
    "scrub",
    "verify_webhook",
]

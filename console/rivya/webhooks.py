"""Whether a webhook is Rivya's (`rivya-api.md` §11.5). The real scheme is not known: two common ones to choose from."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

import msgspec

from .errors import SignatureInvalid
from .generations import Generation
from .secret import Secret
from .types import Answer, Id, Moment, parsed, plain, read_one

TOLERANCE_SECONDS = 300
LARGEST_WEBHOOK_BYTES = 1024 * 1024
_EVENT_FIELDS = ("id", "type", "api_version", "created_at")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a scheme reads from the headers: when, the signatures offered, and what goes before the body."""

    unix_seconds: str
    signatures: tuple[str, ...]
    prefix: str


class SignatureScheme(Protocol):
    """How a webhook is signed. Implementations raise `SignatureInvalid` for headers they cannot read."""

    def signed(self, headers: Mapping[str, str]) -> Signed:
        """Read the headers (lower-case names)."""

    def signature(self, secret: Secret, message: bytes) -> str | None:
        """The signature of a message; None when the secret is not usable in this scheme."""


@dataclass(frozen=True, slots=True)
class TimestampScheme:
    """One header `t=<unix seconds>,v1=<hex>`; HMAC-SHA256 with the whole secret over `t.body` (A28, first)."""

    header: str = "X-Rivya-Signature"

    def signed(self, headers: Mapping[str, str]) -> Signed:
        """Read the header; several v1 may stand in it, one t must."""
        pairs = [part.strip().partition("=") for part in _header(headers, self.header).split(",")]
        times = [value for name, _, value in pairs if name == "t"]
        if len(times) != 1:
            raise SignatureInvalid("header")
        return Signed(times[0], tuple(value for name, _, value in pairs if name == "v1"), f"{times[0]}.")

    def signature(self, secret: Secret, message: bytes) -> str | None:
        """Lower-case hex."""
        return hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class StandardScheme:
    """Three headers and `v1,<base64>` values; key = the base64 part of the secret; over `id.t.body` (A28, second)."""

    id_header: str = "webhook-id"
    timestamp_header: str = "webhook-timestamp"
    signature_header: str = "webhook-signature"

    def signed(self, headers: Mapping[str, str]) -> Signed:
        """Read the headers; signatures are separated by spaces."""
        seconds = _header(headers, self.timestamp_header)
        versions = [part.partition(",") for part in _header(headers, self.signature_header).split()]
        signatures = tuple(value for version, _, value in versions if version == "v1")
        return Signed(seconds, signatures, f"{_header(headers, self.id_header)}.{seconds}.")

    def signature(self, secret: Secret, message: bytes) -> str | None:
        """Base64; None when the secret has no base64 part."""
        key = _unpadded_base64(secret.reveal().removeprefix("whsec_"))
        return base64.b64encode(hmac.digest(key, message, "sha256")).decode() if key else None


class WebhookEvent(Answer, frozen=True, kw_only=True):
    """A believed webhook: a hint. Deduplicate by `id`, then read the generation `task_id` names (§11.5)."""

    vital: ClassVar[tuple[str, ...]] = ("id", "type")

    id: Id
    type: Id
    api_version: str | None = None
    created_at: Moment | None = None
    task_id: str | None = None
    generation: Generation | None = None


def verify_webhook(
    raw: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[Secret | str],
    *,
    scheme: SignatureScheme | None = None,
    now: datetime | None = None,
    limit_bytes: int = LARGEST_WEBHOOK_BYTES,
) -> WebhookEvent:
    """The event, if any of the secrets signed exactly these bytes within 300 s of `now`. Raises `SignatureInvalid`.

    `scheme` defaults to `TimestampScheme()`. `raw` is the request body before any parsing.
    """
    trusted = [Secret(secret) for secret in secrets]
    del secrets  # so that no traceback shows them
    if len(raw) > limit_bytes:
        raise SignatureInvalid("too_big")
    rule = scheme or TimestampScheme()
    signed = rule.signed({name.lower(): value for name, value in headers.items()})
    _check_time(signed.unix_seconds, time.time() if now is None else now.timestamp())
    if not _is_signed(raw, signed, trusted, rule):
        raise SignatureInvalid("mismatch")
    return _event(raw)


def _unpadded_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower(), "").strip()
    if not value:
        raise SignatureInvalid("header")
    return value


def _check_time(unix_seconds: str, now: float) -> None:
    if not re.fullmatch(r"\d{1,12}", unix_seconds, re.ASCII):
        raise SignatureInvalid("timestamp")
    if abs(now - int(unix_seconds)) > TOLERANCE_SECONDS:
        raise SignatureInvalid("old")


def _is_signed(raw: bytes, signed: Signed, trusted: Sequence[Secret], rule: SignatureScheme) -> bool:
    """Compare all with all, in constant time, so that timing tells neither where nor which."""
    message = signed.prefix.encode("utf-8", "replace") + raw
    expected = [signature.encode() for secret in trusted if (signature := rule.signature(secret, message))]
    offered = [signature.encode("utf-8", "replace") for signature in signed.signatures]
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in offered]
    return any(matches)


def _event(raw: bytes) -> WebhookEvent:
    body = plain(parsed(raw))
    candidates = list(_generations(body))
    ids = [candidate["id"] for candidate in candidates if isinstance(candidate.get("id"), str)]
    event = read_one(WebhookEvent, {name: body[name] for name in _EVENT_FIELDS if name in body})
    if event is None:
        raise SignatureInvalid("body")
    generation = next((read for candidate in candidates if (read := read_one(Generation, candidate))), None)
    return msgspec.structs.replace(event, task_id=ids[0] if ids else None, generation=generation)


def _generations(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the generation may stand: `data.object`, `data` or `generation` (A27)."""
    data = plain(body.get("data"))
    yield from (place for place in (plain(data.get("object")), data, plain(body.get("generation"))) if place)

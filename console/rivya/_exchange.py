"""One exchange without the network: what to send, what an error answer means, how long to wait. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from . import errors
from .secret import HIDDEN, Secret, scrub
from .types import AnswerT, parsed, plain, read_one, read_pairs

LONGEST_PAUSE_SECONDS = 60.0
_VISIBLE_ASCII = re.compile(r"[!-~]{1,1024}")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

_BY_CODE: dict[str, type[errors.Refused]] = {
    "api_key_missing": errors.KeyRefused,
    "api_key_invalid": errors.KeyRefused,
    "api_key_revoked": errors.KeyRefused,
    "api_key_expired": errors.KeyRefused,
    "api_scope_denied": errors.ScopeMissing,
    "insufficient_credits": errors.OutOfCredits,
    "validation_failed": errors.Invalid,
    "webhook_url_rejected": errors.Invalid,
    "chat_model_not_supported": errors.Invalid,
    "chat_attachment_not_supported": errors.Invalid,
    "not_found": errors.Missing,
    "chat_session_conflict": errors.Conflict,
    "idempotency_conflict": errors.Conflict,
    "rate_limited": errors.TooMany,
    "public_api_disabled": errors.Unavailable,
    "internal_error": errors.Unavailable,
}
_BY_STATUS: dict[int, type[errors.Refused]] = {
    400: errors.Invalid,
    401: errors.KeyRefused,
    402: errors.OutOfCredits,
    404: errors.Missing,
    409: errors.Conflict,
    413: errors.Invalid,
    415: errors.Invalid,
    422: errors.Invalid,
    429: errors.TooMany,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """The multipart parts of a file upload (`rivya-api.md` §4.1)."""

    file: bytes | BinaryIO = field(repr=False)
    name: str = field(repr=False)
    mime_type: str
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation at Rivya. `repeatable` says that doing it twice does no harm (reads, keyed creates)."""

    method: str
    template: str
    ids: tuple[str, ...] = ()
    body: bytes | None = field(default=None, repr=False)
    upload: Upload | None = None
    idempotency_key: str | None = None
    accept: str = "application/json"
    timeout_seconds: float | None = None
    repeatable: bool = False

    @property
    def path(self) -> str:
        """The path with its ids percent-encoded. Raises ValueError for an id that would change the path."""
        if any(part in ("", ".", "..") for part in self.ids):
            raise ValueError("An id of Rivya's is neither empty nor dots.")
        return re.sub(r"\{\w+\}", "{}", self.template).format(*(quote(part, safe="") for part in self.ids))


@dataclass(frozen=True, slots=True)
class Wire:
    """What the transport sends: nothing in its repr but the method."""

    method: str
    url: Secret
    headers: Mapping[str, Secret] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    upload: Upload | None = None
    idle_seconds: float | None = None
    public_only: bool = False  # refuse an address that lies inside, whatever its name


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer: status, lower-case header names, body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """Rivya's request id as far as a header tells it."""
        return word(self.headers.get("x-request-id"))

    @property
    def answered_at(self) -> datetime | None:
        """The Date header: Rivya's own clock, to the second."""
        try:
            moment = parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def fields(self) -> dict[str, Any]:
        """The body when it is a JSON object, else an empty one."""
        return plain(parsed(self.body))

    def one(self, kind: type[AnswerT]) -> AnswerT:
        """The object this answer holds. Raises `Unreadable`."""
        answer = read_one(kind, parsed(self.body))
        if answer is None:
            raise self.unreadable()
        return answer

    def many(self, kind: type[AnswerT]) -> list[AnswerT]:
        """The list this answer holds. Raises `Unreadable`."""
        return [answer for answer, _ in self.pairs(kind)]

    def pairs(self, kind: type[AnswerT]) -> list[tuple[AnswerT, dict[str, Any]]]:
        """The list this answer holds, each item beside the dict it was read from. Raises `Unreadable`."""
        read = read_pairs(kind, parsed(self.body))
        if read is None:
            raise self.unreadable()
        return read

    def unreadable(self) -> errors.Unreadable:
        """The error for this answer when it makes no sense."""
        return errors.Unreadable(request_id=self.request_id)


def origin(base_url: str) -> str:
    """The base URL without a trailing slash. Raises ValueError unless it is plain http(s) with a host and no user."""
    parts = urlsplit(base_url)
    plain_url = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if not plain_url or "@" in parts.netloc or "\\" in base_url or not _VISIBLE_ASCII.fullmatch(base_url):
        raise ValueError("The base URL must be plain http(s)://host[:port][/path].")
    return base_url.rstrip("/")


def wire(
    call: Call, *, base_url: str, api_key: Secret | None, user_agent: str, idle_seconds: float | None = None
) -> Wire:
    """The request. Raises `KeyRefused` for a key no header can carry, ValueError for such an idempotency key."""
    headers = {"accept": Secret(call.accept), "user-agent": Secret(user_agent), "accept-encoding": Secret("identity")}
    if call.body is not None:
        headers["content-type"] = Secret("application/json")
    if call.idempotency_key is not None:
        headers["idempotency-key"] = Secret(_carried_idempotency_key(call.idempotency_key))
    if api_key is not None:
        headers["authorization"] = _bearer(api_key)
    url = Secret(base_url + call.path)
    return Wire(call.method, url, headers, body=call.body, upload=call.upload, idle_seconds=idle_seconds)


def refusal(received: Received, *, api_key: Secret | None = None, now: datetime | None = None) -> errors.Refused:
    """The error a non-2xx answer stands for, whatever its body is (envelope, HTML, nothing)."""
    return refused(
        received.fields.get("error"),
        status=received.status,
        request_id=received.request_id,
        retry_after_seconds=retry_after(received.headers.get("retry-after"), now=now),
        api_key=api_key,
    )


def refused(
    envelope: Any,
    *,
    status: int,
    request_id: str | None = None,
    retry_after_seconds: float | None = None,
    api_key: Secret | None = None,
) -> errors.Refused:
    """The error of one `error` object (`rivya-api.md` §13): by code first, by status when the code is new."""
    told = plain(envelope)
    code = word(told.get("code")) or ""
    message = told.get("message")
    return _kind(code, status, enveloped=bool(told))(
        code=code,
        status=status,
        message=_without_key(message, api_key) if isinstance(message, str) else "",
        request_id=word(told.get("requestId")) or word(told.get("request_id")) or request_id,
        retry_after_seconds=retry_after_seconds,
    )


def may_repeat(call: Call, error: errors.RivyaError) -> bool:
    """Whether the client may try again by itself: a retryable failure, and either harmless twice or surely not done."""
    if isinstance(error, errors.Conflict) or not error.retryable:
        return False
    return call.repeatable or error.outcome == "not_done"


def pause_seconds(error: errors.RivyaError, *, attempt: int, jitter: float) -> float:
    """How long to wait after this attempt (from 1): what Rivya asked, else 1, 2, 4 … s less up to half by jitter."""
    asked = error.retry_after_seconds if isinstance(error, errors.Refused) else None
    if asked is not None:
        return asked
    return float(min(LONGEST_PAUSE_SECONDS, 2.0 ** min(attempt - 1, 10))) * (0.5 + 0.5 * jitter)


def retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After header (a number or an HTTP date), capped at 60; None for negative, past or garbage."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", text, re.ASCII):
        return min(float(text), LONGEST_PAUSE_SECONDS)
    return _until(text, now or datetime.now(UTC))


def word(value: Any) -> str | None:
    """The value when it is a short plain token (a code, a request id) that is safe to log, else None."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) and not value.startswith("rvya_") else None


def _until(http_date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(seconds, LONGEST_PAUSE_SECONDS) if seconds >= 0 else None


def _kind(code: str, status: int, *, enveloped: bool) -> type[errors.Refused]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 403 and enveloped:
        return errors.ScopeMissing
    if status >= 500 or status < 400:  # a redirect, or an error inside a stream: nothing is known
        return errors.Unavailable
    return _BY_STATUS.get(status, errors.Refused)


def _without_key(message: str, api_key: Secret | None) -> str:
    message = message.replace("\0", "\ufffd")  # PostgreSQL has no NUL in a text
    return scrub(message.replace(api_key.reveal(), HIDDEN) if api_key else message)


def _bearer(api_key: Secret) -> Secret:
    if not _VISIBLE_ASCII.fullmatch(api_key.reveal()):
        raise errors.KeyRefused(
            code="api_key_invalid",
            status=401,
            message="The key holds characters no request can carry; nothing was sent.",
        )
    return Secret("Bearer " + api_key.reveal())


def _carried_idempotency_key(key: str) -> str:
    if not _VISIBLE_ASCII.fullmatch(key) or len(key) > 255:
        raise ValueError("An idempotency key is 1 to 255 visible ASCII characters.")
    return key

"""What can go wrong between us and Rivya (`rivya-api.md` §13), each with what is known about its effect.

    RivyaError
      NoAnswer                nothing usable came back; `sent` is False when it surely never reached Rivya
        TimedOut              too late
        Unreadable            a success whose body makes no sense
      StreamCut               a chat stream ended with neither done nor error: read the session
      Refused                 Rivya said no: by code first, by status when the code is new
        KeyRefused ScopeMissing OutOfCredits Invalid Missing Conflict TooMany Unavailable
      MediaRefused            a result could not be brought home
    SignatureInvalid          a webhook we do not believe

No text of these errors holds a key, a URL or a body. Messages of Rivya's are in `Refused.message` only, scrubbed.
"""

from typing import Any, Literal

Outcome = Literal["not_done", "unknown"]


class RivyaError(Exception):
    """Any failure of a call. `outcome` tells whether the call may have had its effect at Rivya (and a charge)."""

    def __init__(self, summary: str, *, outcome: Outcome, retryable: bool = False) -> None:
        super().__init__(summary)
        self.outcome: Outcome = outcome
        self.retryable = retryable
        """Whether the client itself may try the same call again at once (lost connections, 429, 5xx)."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.args, self.__dict__))


class NoAnswer(RivyaError):
    """Nothing usable came back. `sent` is False when the request surely never reached Rivya."""

    def __init__(self, summary: str = "The connection was lost.", *, sent: bool = True, retryable: bool = True) -> None:
        super().__init__(summary, outcome="unknown" if sent else "not_done", retryable=retryable)
        self.sent = sent


class TimedOut(NoAnswer):
    """No answer in time. Once sent it is not retried here: the first may still run, and a second would conflict."""

    def __init__(self, summary: str = "No answer in time.", *, sent: bool = True) -> None:
        super().__init__(summary, sent=sent, retryable=not sent)


class Unreadable(NoAnswer):
    """A 2xx answer whose body makes no sense: the call may well have been done. `request_id` is for support."""

    def __init__(self, summary: str = "The answer makes no sense.", *, request_id: str | None = None) -> None:
        super().__init__(summary, sent=True, retryable=False)
        self.request_id = request_id


class StreamCut(RivyaError):
    """A chat stream ended with neither done nor error. Read the session, or send the same bytes with the same key.

    `reason` is ended, lost, idle, deadline or oversize; `session_id` is known once the first event came.
    """

    def __init__(self, reason: str, *, session_id: str | None = None) -> None:
        super().__init__(f"The stream was cut: {reason}.", outcome="unknown")
        self.reason = reason
        self.session_id = session_id


class Refused(RivyaError):
    """Rivya said no. `code` is the contract ("" when the body named none); `message` is for people, not for logs.

    `status` is the HTTP status (200 for an error event inside a stream). `retry_after_seconds` is 0 to 60.
    """

    def __init__(
        self,
        *,
        code: str,
        status: int,
        message: str = "",
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        surely_not = 400 <= status < 500 or (status == 503 and code == "public_api_disabled")
        super().__init__(
            f"Refused with {status} {code or 'and no code'} (request {request_id or 'unknown'}).",
            outcome="not_done" if surely_not else "unknown",
            retryable=status == 429 or status >= 500,
        )
        self.code = code
        self.status = status
        self.message = message
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds


class KeyRefused(Refused):
    """The key is missing, unknown, revoked or expired: stop all calls with it."""


class ScopeMissing(Refused):
    """The key lacks a scope: only a new key helps."""


class OutOfCredits(Refused):
    """The balance is too low."""


class Invalid(Refused):
    """The body, the model, the prompt, the parameters, the file or the URL is wrong."""


class Missing(Refused):
    """Not there, or owned by another account: Rivya does not tell which."""


class Conflict(Refused):
    """A session that cannot be used, or an idempotency key used with other input: look at the code. Never retried."""


class TooMany(Refused):
    """Too many requests: later, after `retry_after_seconds` where given."""


class Unavailable(Refused):
    """A fault of Rivya's, or the API is switched off. Outcome unknown unless switched off."""


class MediaRefused(RivyaError):
    """A result was not fetched. `reason` is url, host, redirect, status or too_big; `status` is the media host's."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(f"The media was refused: {reason} {status or ''}".strip() + ".", outcome="not_done")
        self.reason = reason
        self.status = status

    @property
    def is_temporary(self) -> bool:
        """Whether the same URL may work later."""
        return self.status is not None and (self.status in (408, 425, 429) or self.status >= 500)


class SignatureInvalid(Exception):
    """A webhook we do not believe. `reason` is for the log: header, timestamp, old, mismatch, body, too_big."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The webhook is not believed: {reason}.")
        self.reason = reason


def _rebuilt(kind: type[RivyaError], args: tuple[Any, ...], state: dict[str, Any]) -> RivyaError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error

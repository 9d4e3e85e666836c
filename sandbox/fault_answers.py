"""Faults that put another answer in the place of Rivya's own."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from sandbox.answers import STATUSES, error_body
from sandbox.strikes import Reply, Strike

PAGE = "<!doctype html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>proxy</body></html>"
CHUNK = b"\x00" * (1 << 16)


async def answer(strike: Strike) -> None:
    """Any answer: ``status`` (200), ``headers``, and ``json`` or ``text``."""
    options = strike.options
    body = json.dumps(options["json"]) if "json" in options else str(options.get("text", ""))
    kind = "application/json" if "json" in options else "text/plain; charset=utf-8"
    await _instead(
        strike, int(options.get("status", 200)), body.encode(), {"content-type": kind} | options.get("headers", {})
    )


async def error(strike: Strike) -> None:
    """The error envelope with any ``code`` (internal_error), also one that nobody knows, and any ``status``."""
    code = str(strike.options.get("code", "internal_error"))
    status = int(strike.options.get("status", STATUSES.get(code, 400)))
    await _envelope(strike, code, status, strike.options.get("headers", {}))


async def rate_limited(strike: Strike) -> None:
    """429 with ``retry_after``: seconds, date, past, garbage, missing, negative, huge, empty, or any text."""
    wanted = str(strike.options.get("retry_after", "seconds"))
    seconds = float(strike.options.get("seconds", 1))
    known: dict[str, str | None] = {
        "seconds": f"{seconds:g}",
        "date": format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True),
        "past": format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True),
        "garbage": "soon, maybe",
        "negative": "-5",
        "huge": "99999999999999999999",
        "empty": "",
        "missing": None,
    }
    value = known.get(wanted, wanted)
    await _envelope(strike, "rate_limited", 429, {} if value is None else {"retry-after": value})


async def unavailable(strike: Strike) -> None:
    """503 ``public_api_disabled``."""
    await _envelope(strike, "public_api_disabled", 503, strike.options.get("headers", {}))


async def html(strike: Strike) -> None:
    """A proxy's page with ``status`` (502)."""
    status = int(strike.options.get("status", 502))
    title = f"{status} Bad Gateway" if status >= 500 else "Welcome"
    await _instead(strike, status, PAGE.format(title).encode(), {"content-type": "text/html; charset=utf-8"})


async def garbage_json(strike: Strike) -> None:
    """Something that calls itself JSON, with ``status`` (200)."""
    status = int(strike.options.get("status", 200))
    await _instead(strike, status, b'{"id": "task_', {"content-type": "application/json"})


async def not_utf8(strike: Strike) -> None:
    """JSON whose bytes are no UTF-8."""
    await _instead(strike, 200, b'{"id": "\xff\xfe\x00"}', {"content-type": "application/json"})


async def empty_body(strike: Strike) -> None:
    """No body at all, with ``status`` (200)."""
    await _instead(strike, int(strike.options.get("status", 200)), b"", {"content-type": "application/json"})


async def redirect(strike: Strike) -> None:
    """A redirect with ``status`` (302) to ``location``."""
    where = str(strike.options.get("location", "http://169.254.169.254/latest/meta-data/"))
    await _instead(strike, int(strike.options.get("status", 302)), b"", {"location": where})


async def huge(strike: Strike) -> None:
    """An endless body: ``bytes`` (2 GiB), with its length declared unless ``declared`` is false."""
    size = int(strike.options.get("bytes", 1 << 31))
    headers = [(b"content-type", str(strike.options.get("content_type", "image/png")).encode())]
    if strike.options.get("declared", True):
        headers.append((b"content-length", str(size).encode()))
    await strike.send({"type": "http.response.start", "status": 200, "headers": headers})
    while size > 0:
        await strike.send({"type": "http.response.body", "body": CHUNK[:size], "more_body": True})
        size -= len(CHUNK)
        if strike.is_gone():
            return
    await strike.send({"type": "http.response.body", "body": b""})


async def _envelope(strike: Strike, code: str, status: int, headers: dict[str, str]) -> None:
    body = json.dumps(error_body(code, str(strike.options.get("message", "The sandbox was told to say so.")))).encode()
    await _instead(strike, status, body, {"content-type": "application/json"} | headers)


async def _instead(strike: Strike, status: int, body: bytes, headers: dict[str, Any]) -> None:
    """Answer this; the work is done first when ``when`` is after."""
    await strike.do_work_if(strike.options.get("when", "before"))
    listed = [(name.encode(), str(value).encode()) for name, value in headers.items()]
    await strike.answer(Reply(status, body, listed))


FAULTS: dict[str, Callable[[Strike], Awaitable[None]]] = {
    one.__name__: one
    for one in (answer, error, rate_limited, unavailable, html, garbage_json, not_utf8, empty_body, redirect, huge)
}

"""Bringing a result home: without the key, without redirects, from allowed hosts only, capped in size (A16)."""

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from typing import BinaryIO

from ._addresses import is_named_local
from ._exchange import Wire
from .errors import MediaRefused, RivyaError, TimedOut
from .secret import Secret
from .transport import Reply, Transport

# Narrow on purpose: with nothing odd in the authority, no two URL parsers can disagree about the host.
_URL = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?([/?][!-~]*)?", re.IGNORECASE | re.ASCII)
_DEFAULT_PORTS = {"https": "443", "http": "80"}
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,64}/[\w.+-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Media:
    """What was fetched. `content_type` is the server's claim ("" when none); trust the content instead."""

    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Sink:
    """Where the bytes go, and how many may."""

    into: BinaryIO = field(repr=False)
    max_bytes: int


async def fetch_media(
    transport: Transport,
    url: Secret | str,
    *,
    into: BinaryIO,
    allowed_hosts: frozenset[str],
    max_bytes: int,
    timeout_seconds: float = 300.0,
) -> Media:
    """Stream a media URL into a file. `timeout_seconds` bounds the whole of it.

    `allowed_hosts` holds `host` (https on its usual port) or `host:port` (http or https on that port).
    Raises `MediaRefused` and `NoAnswer`; then `into` may hold a part.
    """
    url = Secret(url)
    objection = _objection(url, allowed_hosts)
    if objection:
        raise MediaRefused(objection)
    wire = Wire("GET", url, {"accept": Secret("*/*"), "accept-encoding": Secret("identity")}, public_only=_is_far(url))
    fetched: Media | RivyaError = TimedOut()
    try:
        async with asyncio.timeout(timeout_seconds):
            fetched = await _fetched(transport, wire, _Sink(into, max_bytes))
    except TimeoutError:
        pass
    if isinstance(fetched, RivyaError):
        raise fetched
    return fetched


async def _fetched(transport: Transport, wire: Wire, sink: _Sink) -> Media:
    async with await transport.open(wire) as reply:
        _check_head(reply, sink.max_bytes)
        digest = hashlib.sha256()
        size_bytes = 0
        while (chunk := await reply.next_chunk()) is not None:
            size_bytes += len(chunk)
            if size_bytes > sink.max_bytes:
                raise MediaRefused("too_big")
            digest.update(chunk)
            sink.into.write(chunk)
        return Media(_content_type(reply), size_bytes, digest.hexdigest())


def _objection(url: Secret, allowed_hosts: frozenset[str]) -> str | None:
    """Why this URL is not fetched. It raises nothing itself: its variables hold the URL, and a traceback shows them."""
    parts = _URL.fullmatch(url.reveal())
    if parts is None:
        return "url"
    scheme, host, port = parts[1].lower(), parts[2].lower(), parts[3]
    named = {f"{host}:{port or _DEFAULT_PORTS[scheme]}"}
    if scheme == "https" and port in (None, "443"):
        named.add(host)
    return "host" if named.isdisjoint(allowed.lower() for allowed in allowed_hosts) else None


def _is_far(url: Secret) -> bool:
    """Whether the host must lie outside: unless whoever allowed it named this machine or its network."""
    parts = _URL.fullmatch(url.reveal())
    return parts is None or not is_named_local(parts[2])


def _check_head(reply: Reply, max_bytes: int) -> None:
    if 300 <= reply.status < 400:
        raise MediaRefused("redirect", status=reply.status)
    if reply.status != 200:
        raise MediaRefused("status", status=reply.status)
    announced = reply.headers.get("content-length", "")
    if re.fullmatch(r"\d{1,18}", announced, re.ASCII) and int(announced) > max_bytes:
        raise MediaRefused("too_big")


def _content_type(reply: Reply) -> str:
    claimed = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return claimed if _CONTENT_TYPE.fullmatch(claimed) else ""

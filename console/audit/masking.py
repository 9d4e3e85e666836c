"""Nothing that opens something gets into the log: facts are masked by the name of their field and by their shape.

The recorder masks whatever it is given, so a room that hands over too much tells less, not more.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

MASKED: Final = "[masked]"
LONGEST_TEXT, MOST_FACTS, DEEPEST = 2000, 100, 6
_TELLING: Final = frozenset(
    [
        *("authorization", "cookie", "credential", "credentials", "otp", "passcode", "passphrase", "password"),
        *("passwd", "pin", "pwd", "secret", "secrets", "signature", "session", "sealed", "totp", "token", "tokens"),
    ]
)
_TELLING_PAIRS: Final = ("api_key", "private_key", "access_key", "signing_key", "recovery_code", "key_material")
_SECRETS: Final = re.compile(
    r"(?:rvya_sk_|whsec_|dt_|sk_live_|sk_test_|gh[pousr]_|xox[a-z]-)[\w\-]{4,}"
    r"|\b(?:bearer|basic)\s+[\w\-+/=.~]{8,}"
    r"|\beyJ[\w\-]{8,}\.[\w\-]+(?:\.[\w\-]*)?"
    r"|-----BEGIN[^-]*-----.*"
    r"|\b[\w\-]*(?:sig|token|secret|password|credential)[\w\-]*=[^&\s\"'<>]+",
    re.IGNORECASE | re.DOTALL,
)
# Anything long in which small letters, capitals and digits are mixed as nobody writes them. Ids and digests of ours are
# hexadecimal, and words have no digits: neither is one.
_RUN: Final = re.compile(r"(?=[\w\-+/=]*[a-z])(?=[\w\-+/=]*[A-Z])(?=[\w\-+/=]*[0-9])[\w\-+/=]{28,}", re.ASCII)
_ADDRESS: Final = re.compile(r"\b[a-z][a-z0-9+.\-]*://[^\s\"'<>]+", re.IGNORECASE)


def masked(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """The facts as they may be kept: JSON, of bounded length, without anything that opens something."""
    return _mapping(facts or {}, 1)


def masked_text(text: str) -> str:
    """The text without keys, tokens and whole addresses: of an address, its host is kept."""
    plain = text[: 2 * LONGEST_TEXT].replace("\0", "\ufffd")
    plain = _ADDRESS.sub(lambda found: _host_of(found.group()), plain)
    plain = _RUN.sub(MASKED, _SECRETS.sub(MASKED, plain))
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[: LONGEST_TEXT - 1]}…"


def is_telling(name: str) -> bool:
    """Whether a field of this name holds something that opens something."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    snake = re.sub(r"\W+", "_", snake).lower()
    return not _TELLING.isdisjoint(snake.split("_")) or any(pair in snake for pair in _TELLING_PAIRS)


def _mapping(facts: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    items = list(facts.items())[:MOST_FACTS]
    return {masked_text(str(name))[:64]: _fact(str(name), value, depth) for name, value in items}


def _fact(name: str, value: Any, depth: int) -> Any:
    match value:
        case None | bool() | int() | "":
            return value
        case _ if is_telling(name):
            return MASKED
        case str():
            return masked_text(str(value))
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping() if depth < DEEPEST:
            return _mapping(value, depth + 1)
        case list() | tuple() | set() | frozenset() if depth < DEEPEST:
            return [_fact(name, each, depth + 1) for each in list(value)[:MOST_FACTS]]
        case bytes() | bytearray() | memoryview():
            return f"{len(value)} bytes"
        case _:
            return masked_text(str(value))


def _host_of(address: str) -> str:
    """A signed address, or one with a path that nobody could guess, opens what it names."""
    try:
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return MASKED
    return f"{host}/…" if parts.path.strip("/") or parts.query or parts.fragment else host

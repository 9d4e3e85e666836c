"""Why a request was not believed, as exactly as can be told from the outside.

A signature that does not fit says only that key or bytes differ. So the doctor tries what usually goes wrong: the
clock, the other scheme, an old secret, another endpoint's, the same JSON written differently on the way.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from console import rivya
from console.keys.vault import CannotOpen
from console.webhooks import signing
from console.webhooks.knocks import Knock
from console.webhooks.models import Delivery, Endpoint
from console.webhooks.schemes import other_than, scheme_of, signature_name

Verdict = Delivery.Verdict
MOST_NEIGHBOURS: Final = 10
SEEN_WITHIN: Final = timedelta(minutes=15)
LARGEST_SECONDS: Final = 2**31 - 1


@dataclass(frozen=True)
class Finding:
    """The verdict; `clock_off_seconds` is how far ahead of ours the signed time is."""

    verdict: str
    clock_off_seconds: int | None = None


def examine(endpoint: Endpoint, knock: Knock, reason: str, secrets: list[rivya.Secret]) -> Finding:
    """What is wrong with a request that was refused for `reason` (rivya.SignatureInvalid)."""
    match reason:
        case "too_big":
            return Finding(Verdict.TOO_BIG)
        case "header" if _is_signed_by_the_other_scheme(endpoint, knock, secrets):
            return Finding(Verdict.WRONG_SCHEME)
        case "header":
            came = signature_name(endpoint.scheme) in {name.lower() for name in knock.headers}
            return Finding(Verdict.UNREADABLE_HEADER if came else Verdict.NO_HEADER)
        case "timestamp":
            return Finding(Verdict.UNREADABLE_HEADER)
        case "old":
            return Finding(Verdict.CLOCK, _clock_off(endpoint, knock))
        case "body":
            return Finding(_of_body(knock.raw))
        case _:
            return Finding(_of_mismatch(endpoint, knock, secrets))


def _of_mismatch(endpoint: Endpoint, knock: Knock, secrets: list[rivya.Secret]) -> str:
    if _fits(knock.raw, knock, _readable(signing.former, endpoint), endpoint.scheme):
        return Verdict.OLD_SECRET
    if _fits(knock.raw, knock, _neighbours(endpoint), endpoint.scheme):
        return Verdict.WRONG_SECRET
    if any(_fits(written, knock, secrets, endpoint.scheme) for written in _written_otherwise(knock.raw)):
        return Verdict.BODY_CHANGED
    if _was_seen(endpoint, knock):
        return Verdict.BODY_CHANGED
    if _is_signed_by_the_other_scheme(endpoint, knock, secrets):
        return Verdict.WRONG_SCHEME
    return Verdict.NO_MATCH


def _is_signed_by_the_other_scheme(endpoint: Endpoint, knock: Knock, secrets: list[rivya.Secret]) -> bool:
    return _fits(knock.raw, knock, secrets, other_than(endpoint.scheme))


def _fits(raw: bytes, knock: Knock, secrets: list[rivya.Secret], scheme: str) -> bool:
    """Whether these bytes bear a signature of one of the secrets, whatever they say and whenever that was."""
    rule = scheme_of(scheme)
    try:
        at = _signed_at(knock, rule)
        rivya.verify_webhook(raw, knock.headers, secrets, scheme=rule, now=at)
    except rivya.SignatureInvalid as refusal:
        return refusal.reason == "body"  # read only after the signature fitted
    return True


def _signed_at(knock: Knock, rule: rivya.SignatureScheme) -> datetime:
    """Raises SignatureInvalid."""
    signed = rule.signed({name.lower(): value for name, value in knock.headers.items()})
    try:
        return datetime.fromtimestamp(int(signed.unix_seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise rivya.SignatureInvalid("timestamp") from None


def _clock_off(endpoint: Endpoint, knock: Knock) -> int | None:
    try:
        off = (_signed_at(knock, scheme_of(endpoint.scheme)) - timezone.now()).total_seconds()
    except rivya.SignatureInvalid:
        return None
    return round(max(-LARGEST_SECONDS, min(off, LARGEST_SECONDS)))


def _neighbours(endpoint: Endpoint) -> list[rivya.Secret]:
    others = Endpoint.objects.filter(team_id=endpoint.team_id).kept().exclude(pk=endpoint.pk)[:MOST_NEIGHBOURS]
    return [secret for other in others for secret in _readable(signing.believed, other)]


def _readable(secrets_of: Any, endpoint: Endpoint) -> list[rivya.Secret]:
    try:
        found: list[rivya.Secret] = secrets_of(endpoint)
    except CannotOpen:
        return []
    return found


def _written_otherwise(raw: bytes) -> Iterator[bytes]:
    """The same JSON as other programs write it: what a proxy or a framework makes of it on the way."""
    yield from (raw.strip(), raw.strip() + b"\n", raw.removeprefix(b"\xef\xbb\xbf"))
    try:
        value = json.loads(raw)
        for ascii_only in (False, True):
            yield json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode()
            yield json.dumps(value, ensure_ascii=ascii_only).encode()
            yield json.dumps(value, indent=2, ensure_ascii=ascii_only).encode()
    except (ValueError, RecursionError):  # not JSON, or text that no bytes can hold
        return


def _was_seen(endpoint: Endpoint, knock: Knock) -> bool:
    """Whether a believed request bore the very same signature: then these are not the bytes that were signed."""
    recent = Delivery.objects.believed().filter(endpoint=endpoint, created_at__gt=timezone.now() - SEEN_WITHIN)
    return bool(knock.signature_mark) and recent.filter(signature_mark=knock.signature_mark).exists()


def _of_body(raw: bytes) -> str:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return Verdict.NOT_JSON
    return Verdict.NOT_AN_EVENT

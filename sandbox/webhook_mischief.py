"""Switches that make deliveries late, doubled, false or badly signed (``PUT /_sandbox/webhooks``)."""

from typing import Any

from sandbox.fault_changes import merged
from sandbox.world import World

SWITCHES: dict[str, type | tuple[type, ...]] = {
    "duplicates": int,  # each event comes so many times more, with the same ID
    "drop": bool,  # nothing is sent
    "delay_seconds": (int, float),  # every first attempt waits
    "reorder_seconds": (int, float),  # every other event waits so long, so that later ones overtake it
    "lie": dict,  # laid over the payload before it is signed, for example {"data": {"status": "failed"}}
    "unsigned": bool,  # no signature headers
    "wrong_secret": bool,  # signed with a secret nobody has
    "altered_body": bool,  # the body is changed after it was signed
    "garbled_signature": bool,  # headers that cannot be parsed
    "timestamp_offset_seconds": (int, float),  # signed in the past or in the future
}


def check_mischief(changes: dict[str, Any]) -> None:
    """Raise ``ValueError`` for a switch that does not exist or a value that does not fit."""
    for name, value in changes.items():
        if name not in SWITCHES:
            raise ValueError(f"there is no webhook switch {name}; there are {', '.join(SWITCHES)}")
        if value is not None and not isinstance(value, SWITCHES[name]):
            raise ValueError(f"{name} has the wrong type")


def first_waits(world: World, number: int) -> list[float]:
    """Return the waits of an event's first attempts in seconds: one for each copy that is to be sent."""
    wanted = world.assumptions.webhook_mischief
    if wanted.get("drop"):
        return []
    wait = float(wanted.get("delay_seconds") or 0)
    wait += float(wanted.get("reorder_seconds") or 0) if number % 2 == 0 else 0
    return [wait] * (1 + int(wanted.get("duplicates") or 0))


def altered_payload(world: World, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload, with the lie laid over it."""
    told: dict[str, Any] = merged(payload, world.assumptions.webhook_mischief.get("lie") or {})
    return told


def altered_body(world: World, body: bytes) -> bytes:
    """Return the bytes that are sent, which need not be those that were signed."""
    return (
        body.replace(b'"status":"', b'"status": "', 1)
        if world.assumptions.webhook_mischief.get("altered_body")
        else body
    )


def altered_headers(world: World, headers: dict[str, str]) -> dict[str, str]:
    """Return the headers that are sent."""
    if world.assumptions.webhook_mischief.get("unsigned"):
        return {}
    if world.assumptions.webhook_mischief.get("garbled_signature"):
        return dict.fromkeys(headers, "t=,v1=zz,,;v2")
    return headers


def signing_secret(world: World, secret: str) -> str:
    """Return the secret that is used."""
    return (
        "whsec_bm9ib2R5IGhhcyB0aGlzIG9uZSBoZXJlIQ=="
        if world.assumptions.webhook_mischief.get("wrong_secret")
        else secret
    )


def signing_time(world: World, now: int) -> int:
    """Return the Unix seconds that are signed."""
    return now + int(world.assumptions.webhook_mischief.get("timestamp_offset_seconds") or 0)

"""Webhook events: a row for each job that ends, and one delivery for each endpoint that wants it."""

import json
from typing import Any

from sandbox.answers import new_id
from sandbox.clock import written
from sandbox.shapes import shown_generation
from sandbox.webhook_mischief import first_waits
from sandbox.world import World

API_VERSION = "2026-05-11"


def record_event(world: World, task: str) -> None:
    """Write the event of a finished job, inside the transaction that finishes it."""
    row = world.store.one("SELECT * FROM generations WHERE id = ?", task)
    body = shown_generation(world, row)
    kind = "generation.succeeded" if body["status"] == "succeeded" else "generation.failed"
    add_event(world, row["account"] if row else "", kind, body)


def add_event(world: World, account: str, kind: str, body: dict[str, Any], *, to_all: bool = False) -> str:
    """Store one event and due deliveries to the account's active endpoints. Returns the event's ID."""
    now, event = world.clock.now(), new_id("evt")
    _store(world, account, event, kind, body, now)
    endpoints = world.store.all(
        "SELECT id, event_types FROM endpoints WHERE account = ? AND status = 'active'", account
    )
    count = world.store.one("SELECT COUNT(*) AS count FROM events WHERE account = ?", account)
    waits = first_waits(world, count["count"] if count else 0)
    for endpoint in endpoints:
        if to_all or kind in json.loads(endpoint["event_types"]):
            for wait in waits:
                schedule(world, event, endpoint["id"], wait_seconds=wait)
    return event


def test_event(world: World, account: str) -> str:
    """Store an event about a job that does not exist, and deliver it to nobody by itself (A32). Returns its ID."""
    now, event = world.clock.now(), new_id("evt")
    body = {
        "id": new_id("task"), "status": "succeeded", "model": "z-image", "reserved_credits": 0, "final_credits": 0,
        "created_at": written(now), "updated_at": written(now), "result": None, "error": None,
    }  # fmt: skip
    _store(world, account, event, "generation.succeeded", body, now)
    return event


def schedule(world: World, event: str, endpoint: str, *, attempt: int = 1, wait_seconds: float = 0.0) -> str:
    """Store a delivery to be sent after ``wait_seconds`` and wake the sender. Returns its ID."""
    now, delivery = world.clock.now(), new_id("whdel")
    world.store.add(
        "deliveries", id=delivery, event=event, endpoint=endpoint, status="pending", attempt=attempt,
        due_at=now + wait_seconds, created_at=now,
    )  # fmt: skip
    world.doorbell.set()
    return delivery


def _store(world: World, account: str, event: str, kind: str, body: dict[str, Any], now: float) -> None:
    payload = {
        "id": event, "type": kind, "api_version": API_VERSION, "created_at": written(now),
        world.assumptions.webhook_envelope: body,
    }  # fmt: skip
    world.store.add("events", id=event, account=account, payload=json.dumps(payload), created_at=now)

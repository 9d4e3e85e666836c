"""Sending webhook events: signed, with a timeout, without redirects, again and again (rivya-api.md §11.3, A29).

A delivery is a row that is due at a time, so what was not sent when the sandbox died is sent when it is back.
"""

import asyncio
import json
import sqlite3
import time

import httpx

from sandbox.events import schedule
from sandbox.settling import settle_due
from sandbox.signatures import signature_headers
from sandbox.webhook_mischief import altered_body, altered_headers, altered_payload, signing_secret, signing_time
from sandbox.world import World

TICK_SECONDS = 0.1
BATCH = 50


async def keep_delivering(world: World) -> None:
    """Finish due jobs and send due deliveries until cancelled. A receiver that hangs holds up nobody else."""
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client, asyncio.TaskGroup() as sending:
        under_way: set[asyncio.Task[None]] = set()
        while True:
            settle_due(world)
            for row in _claim(world, "due_at <= ?", world.clock.now(), BATCH - len(under_way)):
                task = sending.create_task(_attempt(world, client, row))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            world.doorbell.clear()
            await _wait(world)


async def deliver_now(world: World, delivery: str) -> None:
    """Send one delivery while the caller waits."""
    rows = _claim(world, "deliveries.id = ?", delivery)  # before anything is awaited: the loop would take it
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
        for row in rows:
            await _attempt(world, client, row)


async def _wait(world: World) -> None:
    try:
        async with asyncio.timeout(TICK_SECONDS):
            await world.doorbell.wait()
    except TimeoutError:
        return


def _claim(world: World, condition: str, value: object, most: int = 1) -> list[sqlite3.Row]:
    """Return pending deliveries that this process now sends; a restart makes them pending again."""
    rows = world.store.all(
        "SELECT deliveries.*, endpoints.url, endpoints.secret, endpoints.status AS endpoint_status, events.payload "
        "FROM deliveries JOIN endpoints ON endpoints.id = endpoint JOIN events ON events.id = event "
        f"WHERE deliveries.status = 'pending' AND {condition} ORDER BY due_at LIMIT {most}", value,
    )  # fmt: skip
    with world.store.transaction():
        for row in rows:
            world.store.run("UPDATE deliveries SET status = 'sending' WHERE id = ?", row["id"])
    return rows


def requeue_unsent(world: World) -> None:
    """At the start: what was being sent when the sandbox died is sent again, so receivers may see it twice."""
    world.store.run("UPDATE deliveries SET status = 'pending' WHERE status = 'sending'")


async def _attempt(world: World, client: httpx.AsyncClient, row: sqlite3.Row) -> None:
    if row["endpoint_status"] != "active":
        world.store.run("UPDATE deliveries SET status = 'dropped' WHERE id = ?", row["id"])
        return
    payload = altered_payload(world, json.loads(row["payload"]))
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    at = signing_time(world, int(time.time()))
    headers = signature_headers(world, signing_secret(world, row["secret"]), str(payload.get("id")), body, at)
    status, error = await _post(world, client, row["url"], altered_body(world, body), altered_headers(world, headers))
    _record(world, row, status, error)


async def _post(
    world: World, client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]
) -> tuple[int | None, str | None]:
    """Return the status, or why there is none. The body of the answer is not read."""
    all_headers = {"content-type": "application/json", "user-agent": "Rivya-Sandbox-Webhooks/1"} | headers
    try:
        async with asyncio.timeout(world.assumptions.webhook_timeout_seconds):
            async with client.stream("POST", url, content=body, headers=all_headers, timeout=None) as answer:
                return answer.status_code, None
    except TimeoutError:
        return None, "timeout"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, type(error).__name__


def _record(world: World, row: sqlite3.Row, status: int | None, error: str | None) -> None:
    succeeded = status is not None and 200 <= status < 300
    now, waits = world.clock.now(), world.assumptions.webhook_retry_seconds
    again = None if succeeded or row["attempt"] > len(waits) else waits[row["attempt"] - 1]
    wait = None if again is None else again / world.assumptions.webhook_speed
    with world.store.transaction():
        world.store.run(
            "UPDATE deliveries SET status = ?, response_status = ?, error = ?, next_attempt_at = ? WHERE id = ?",
            "succeeded" if succeeded else "failed", status, error, None if wait is None else now + wait, row["id"],
        )  # fmt: skip
        if wait is not None:
            schedule(world, row["event"], row["endpoint"], attempt=row["attempt"] + 1, wait_seconds=wait)
        _count(world, row["endpoint"], now, succeeded=succeeded, given_up=not succeeded and wait is None)


def _count(world: World, endpoint: str, now: float, *, succeeded: bool, given_up: bool) -> None:
    """Keep the endpoint's counters; too many events in a row that were given up disable it (A29)."""
    if succeeded:
        world.store.run("UPDATE endpoints SET last_success_at = ?, failure_count = 0 WHERE id = ?", now, endpoint)
        return
    world.store.run(
        "UPDATE endpoints SET last_failure_at = ?, failure_count = failure_count + ? WHERE id = ?",
        now,
        given_up,
        endpoint,
    )
    world.store.run(
        "UPDATE endpoints SET status = 'disabled', disabled_at = ?, updated_at = ? "
        "WHERE id = ? AND status = 'active' AND failure_count >= ?",
        now, now, endpoint, world.assumptions.webhook_disable_after,
    )  # fmt: skip

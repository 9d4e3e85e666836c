"""Webhook endpoints: create, read, change, remove, rotate, test, look back (rivya-api.md §11)."""

import json
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.access import Caller, needs
from sandbox.answers import ApiError, json_answer, new_id
from sandbox.bodies import json_object
from sandbox.clock import written
from sandbox.deliveries import deliver_now
from sandbox.events import schedule, test_event
from sandbox.signatures import new_secret, preview
from sandbox.webhook_urls import check_url

TYPES = ("generation.succeeded", "generation.failed")


@needs("webhooks:manage")
async def list_endpoints(_: Request, caller: Caller) -> Response:
    """Answer the account's endpoints, newest first; removed ones are hidden (A24)."""
    rows = caller.world.store.all(
        "SELECT * FROM endpoints WHERE account = ? AND revoked_at IS NULL ORDER BY created_at DESC, rowid DESC",
        caller.account,
    )
    return _listed(caller, [_shown(row) for row in rows])


@needs("webhooks:manage")
async def create_endpoint(request: Request, caller: Caller) -> Response:
    """Make an endpoint; only this answer holds the signing secret."""
    world, body = caller.world, await json_object(request)
    secret, now, endpoint = new_secret(), world.clock.now(), new_id("whend")
    name, url, types = _name(body.get("name")), check_url(world, body.get("url")), _types(body.get("event_types"))
    world.store.add(
        "endpoints", id=endpoint, account=caller.account, name=name, url=url, event_types=json.dumps(types),
        status="active", secret=secret, created_at=now, updated_at=now,
    )  # fmt: skip
    shown = _shown(_endpoint(caller, endpoint)) | {"signing_secret": secret}
    return json_answer(shown, world.assumptions.create_status)


@needs("webhooks:manage")
async def read_endpoint(request: Request, caller: Caller) -> Response:
    """Answer one endpoint, without its secret."""
    return json_answer(_shown(_endpoint(caller, request.path_params["endpoint_id"])))


@needs("webhooks:manage")
async def change_endpoint(request: Request, caller: Caller) -> Response:
    """Change ``name``, ``url``, ``event_types`` or ``status`` (A30)."""
    world, row, body = caller.world, _endpoint(caller, request.path_params["endpoint_id"]), await json_object(request)
    name = _name(body["name"]) if "name" in body else row["name"]
    url = check_url(world, body["url"]) if "url" in body else row["url"]
    types = json.dumps(_types(body["event_types"])) if "event_types" in body else row["event_types"]
    status, now = body.get("status", row["status"]), world.clock.now()
    if status not in ("active", "disabled"):
        raise ApiError("validation_failed", "status must be active or disabled.")
    disabled_at = (row["disabled_at"] or now) if status == "disabled" else None
    failures = 0 if status == "active" and row["status"] != "active" else row["failure_count"]
    world.store.run(
        "UPDATE endpoints SET name = ?, url = ?, event_types = ?, status = ?, disabled_at = ?, failure_count = ?, "
        "updated_at = ? WHERE id = ?", name, url, types, status, disabled_at, failures, now, row["id"],
    )  # fmt: skip
    return json_answer(_shown(_endpoint(caller, row["id"])))


@needs("webhooks:manage")
async def delete_endpoint(request: Request, caller: Caller) -> Response:
    """Revoke an endpoint; it is hidden from then on (A24)."""
    world, row, now = caller.world, _endpoint(caller, request.path_params["endpoint_id"]), caller.world.clock.now()
    with world.store.transaction():
        world.store.run(
            "UPDATE endpoints SET status = 'revoked', revoked_at = ?, updated_at = ? WHERE id = ?", now, now, row["id"]
        )
        world.store.run("UPDATE deliveries SET status = 'dropped' WHERE endpoint = ? AND status = 'pending'", row["id"])
    if world.assumptions.delete_status == 204:
        return Response(status_code=204)
    return json_answer(_shown(row) | {"status": "revoked", "revoked_at": written(now)}, world.assumptions.delete_status)


@needs("webhooks:manage")
async def rotate_secret(request: Request, caller: Caller) -> Response:
    """Give the endpoint a new secret at once; the old one signs nothing any more (A31)."""
    world, row = caller.world, _endpoint(caller, request.path_params["endpoint_id"])
    secret = new_secret()
    world.store.run(
        "UPDATE endpoints SET secret = ?, updated_at = ? WHERE id = ?", secret, world.clock.now(), row["id"]
    )
    return json_answer(_shown(_endpoint(caller, row["id"])) | {"signing_secret": secret})


@needs("webhooks:manage")
async def send_test(request: Request, caller: Caller) -> Response:
    """Send a test event and answer its delivery (A32)."""
    world, row = caller.world, _endpoint(caller, request.path_params["endpoint_id"])
    with world.store.transaction():
        delivery = schedule(world, test_event(world, caller.account), row["id"])
    await deliver_now(world, delivery)
    sent = world.store.one("SELECT * FROM deliveries WHERE id = ?", delivery)
    return json_answer(shown_delivery(sent) if sent else {})


@needs("webhooks:manage")
async def list_deliveries(request: Request, caller: Caller) -> Response:
    """Answer the attempts to reach one endpoint, newest first (A33)."""
    row = _endpoint(caller, request.path_params["endpoint_id"])
    sql = "SELECT * FROM deliveries WHERE endpoint = ? ORDER BY created_at DESC, rowid DESC LIMIT 500"
    return _listed(caller, [shown_delivery(one) for one in caller.world.store.all(sql, row["id"])])


@needs("webhooks:manage")
async def list_events(_: Request, caller: Caller) -> Response:
    """Answer the account's events, newest first: the payloads without signature (A33)."""
    sql = "SELECT payload FROM events WHERE account = ? ORDER BY created_at DESC, rowid DESC LIMIT 500"
    return _listed(caller, [json.loads(row["payload"]) for row in caller.world.store.all(sql, caller.account)])


def shown_delivery(row: sqlite3.Row) -> dict[str, Any]:
    """Return one attempt (A33)."""
    return {
        "id": row["id"], "object": "webhook_delivery", "event_id": row["event"], "endpoint_id": row["endpoint"],
        "status": row["status"], "attempt": row["attempt"], "response_status": row["response_status"],
        "error": row["error"], "created_at": written(row["created_at"]),
        "next_attempt_at": written(row["next_attempt_at"]),
    }  # fmt: skip


def _endpoint(caller: Caller, endpoint: str) -> sqlite3.Row:
    row = caller.world.store.one(
        "SELECT * FROM endpoints WHERE id = ? AND account = ? AND revoked_at IS NULL", endpoint, caller.account
    )
    if row is None:
        raise ApiError("not_found", "There is no such webhook endpoint.")
    return row


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    moments = ("last_success_at", "last_failure_at", "created_at", "updated_at", "disabled_at", "revoked_at")
    return {
        "id": row["id"], "object": "webhook_endpoint", "name": row["name"], "url": row["url"],
        "event_types": json.loads(row["event_types"]), "status": row["status"],
        "secret_preview": preview(row["secret"]), "failure_count": row["failure_count"],
    } | {name: written(row[name]) for name in moments}  # fmt: skip


def _listed(caller: Caller, data: list[dict[str, Any]]) -> Response:
    return json_answer({"object": "list", "data": data} | caller.world.assumptions.list_extras)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 200:
        raise ApiError("validation_failed", "name is required, up to 200 characters.")
    return name


def _types(types: Any) -> list[str]:
    if not isinstance(types, list) or not types or not set(map(str, types)) <= set(TYPES):
        raise ApiError("validation_failed", f"event_types must be some of {', '.join(TYPES)}.")
    return [str(one) for one in types]

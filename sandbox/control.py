"""The control face ``/_sandbox/…``: only with ``--control``; it is for tests and never part of Rivya's API."""

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import money
from sandbox.access import SCOPES
from sandbox.answers import ApiError, json_answer
from sandbox.bodies import json_object
from sandbox.catalogue import put_model, remove_model
from sandbox.control_state import account_state, full_state, recent_requests
from sandbox.events import add_event
from sandbox.fault_rules import arm, disarm
from sandbox.faults import FAULTS
from sandbox.plans import queue_outcome
from sandbox.seeding import add_account, add_key
from sandbox.settling import settle_due
from sandbox.webhook_mischief import check_mischief
from sandbox.world import World, world_of


async def make_account(request: Request) -> Response:
    """``{name, credits}``: a new account."""
    world, body = world_of(request), await json_object(request)
    name = _word(body, "name")
    if world.store.one("SELECT 1 FROM accounts WHERE name = ?", name):
        raise ApiError("validation_failed", f"There is an account {name} already.", status=409)
    with world.store.transaction():
        add_account(world, name, int(body.get("credits", 0)))
    return json_answer(account_state(world, name), 201)


async def spend(request: Request) -> Response:
    """``{credits}``: Studio spends from this wallet."""
    world, name, body = world_of(request), _account(request), await json_object(request)
    with world.store.transaction():
        taken = money.spend(world, name, int(body.get("credits", 0)))
    return json_answer({"spent": taken, "balance": money.balance(world, name)})


async def grant(request: Request) -> Response:
    """``{credits, expires_in_seconds?}``: a new lot of credits."""
    world, name, body = world_of(request), _account(request), await json_object(request)
    with world.store.transaction():
        money.grant(world, name, int(body.get("credits", 0)), lifetime_seconds=body.get("expires_in_seconds"))
    return json_answer({"balance": money.balance(world, name)})


async def make_key(request: Request) -> Response:
    """``{account, key?, scopes?, state?, name?}``: a new key; answers its secret."""
    world, body = world_of(request), await json_object(request)
    secret = body.get("key") or f"rvya_sk_sandbox_{secrets.token_hex(16)}"
    if not world.store.one("SELECT 1 FROM accounts WHERE name = ?", _word(body, "account")):
        raise ApiError("not_found", "There is no such account.")
    world.store.run("DELETE FROM keys WHERE secret = ?", secret)
    add_key(
        world, secret, body["account"], name=str(body.get("name", "made by a test")), scopes=_scopes(body),
        state=_state(body),
    )  # fmt: skip
    return json_answer({"key": secret, "account": body["account"]}, 201)


async def change_key(request: Request) -> Response:
    """``{scopes?, state?, expires_in_seconds?}``: revoke, expire, narrow or revive a key."""
    world, body, secret = world_of(request), await json_object(request), request.path_params["key"]
    if not world.store.one("SELECT 1 FROM keys WHERE secret = ?", secret):
        raise ApiError("not_found", "There is no such key.")
    if (scopes := _scopes(body)) is not None:
        world.store.run("UPDATE keys SET scopes = json(?) WHERE secret = ?", str(scopes).replace("'", '"'), secret)
    if "state" in body:
        world.store.run("UPDATE keys SET state = ? WHERE secret = ?", _state(body), secret)
    if "expires_in_seconds" in body:
        expires_at = world.clock.now() + float(body["expires_in_seconds"])
        world.store.run("UPDATE keys SET expires_at = ? WHERE secret = ?", expires_at, secret)
    return json_answer({"changed": True})


async def read_state(request: Request) -> Response:
    """Everything a test may want to prove; ``?account=`` narrows it down."""
    world = world_of(request)
    settle_due(world)
    return json_answer(full_state(world, request.query_params.get("account")))


async def read_requests(request: Request) -> Response:
    """The last 2,000 requests, oldest first; ``?path=`` keeps those that contain it."""
    return json_answer({"data": recent_requests(world_of(request), request.query_params.get("path", ""))})


async def clear_requests(request: Request) -> Response:
    """Forget the counted requests; jobs, money and idempotency keys stay."""
    world = world_of(request)
    world.recent.clear()
    world.counters.clear()
    return Response(status_code=204)


async def make_fault(request: Request) -> Response:
    """``{match, fault, times?, skip?/after?, options?, …options}``: arm a fault. ``times: null`` strikes for ever."""
    world, body = world_of(request), await json_object(request)
    match, fault = body.pop("match", {}), body.pop("fault", None)
    times, skip = body.pop("times", 1), int(body.pop("skip", body.pop("after", 0)))
    options = body.pop("options", {}) | body
    if fault not in FAULTS:
        raise ApiError("validation_failed", f"There is no fault {fault}; there are {', '.join(FAULTS)}.")
    with _told():
        armed = arm(world, match, fault, options, skip, times)
    return json_answer({"id": armed.id, "fault": fault}, 201)


async def list_faults(request: Request) -> Response:
    """What is armed, and how often it struck."""
    data = [vars(fault) for fault in world_of(request).faults]
    return json_answer({"data": data, "known": {name: (fault.__doc__ or "").strip() for name, fault in FAULTS.items()}})


async def drop_faults(request: Request) -> Response:
    """Disarm all faults, or the one in the path."""
    number = request.path_params.get("number")
    return json_answer({"disarmed": disarm(world_of(request), number)})


async def make_outcome(request: Request) -> Response:
    """``{match?, times?, outcome, …plan}``: decide the fate of the next jobs. See plans.FIELDS."""
    world, body = world_of(request), await json_object(request)
    match, times = body.pop("match", {}), body.pop("times", 1)
    if "delay_seconds" in body:
        body["seconds"] = body.pop("delay_seconds")
    if isinstance(body.get("urls"), int):
        body["count"] = body.pop("urls")
    with _told():
        number = queue_outcome(world, match, body, times)
    return json_answer({"id": number}, 201)


async def drop_outcomes(request: Request) -> Response:
    """Forget the fates that are still waiting."""
    return json_answer({"dropped": world_of(request).store.run("DELETE FROM outcomes")})


async def change_generation(request: Request) -> Response:
    """``{finish_in_seconds?, …plan}``: change the fate of a job that is still open, a hung one for example."""
    world, body, task = world_of(request), await json_object(request), request.path_params["task_id"]
    wait = body.pop("finish_in_seconds", None)
    changed = world.store.run(
        "UPDATE generations SET plan = json_patch(plan, ?), finishes_at = COALESCE(?, finishes_at) "
        "WHERE id = ? AND outcome IS NULL",
        json_answer(body).body, None if wait is None else world.clock.now() + float(wait), task,
    )  # fmt: skip
    if not changed:
        raise ApiError("not_found", "There is no such open generation.")
    return json_answer({"changed": True})


async def change_clock(request: Request) -> Response:
    """``{speed?, delay_seconds?, advance_seconds?}``: pace of new jobs, slowness of everything, time that passes."""
    world, body = world_of(request), await json_object(request)
    body["clock_offset_seconds"] = world.clock.offset_seconds + float(body.pop("advance_seconds", 0))
    if float(body.get("speed", 1)) <= 0:
        raise ApiError("validation_failed", "speed must be positive.")
    _change(world, body)
    return json_answer({"now": world.clock.now(), "offset_seconds": world.clock.offset_seconds})


async def change_settings(request: Request) -> Response:
    """Any of assumptions.py by name."""
    world = world_of(request)
    _change(world, await json_object(request))
    return json_answer(vars(world.assumptions))


async def read_settings(request: Request) -> Response:
    """All assumptions as they stand."""
    return json_answer(vars(world_of(request).assumptions))


async def make_model(request: Request) -> Response:
    """A model as the list shows it, or some of its fields; ``behaviour`` holds what only the sandbox knows."""
    body = await json_object(request)
    behaviour = body.pop("behaviour", None)
    return json_answer(put_model(world_of(request), body, behaviour), 201)


async def drop_model(request: Request) -> Response:
    """Take a model off the list."""
    return json_answer({"removed": remove_model(world_of(request), request.path_params["model"])})


async def change_webhooks(request: Request) -> Response:
    """Mischief with deliveries, see webhook_mischief.py; a ``null`` switches one off."""
    world, body = world_of(request), await json_object(request)
    with _told():
        check_mischief(body)
    now = world.assumptions.webhook_mischief | body
    _change(world, {"webhook_mischief": {name: value for name, value in now.items() if value}})
    return json_answer(world.assumptions.webhook_mischief)


async def send_event(request: Request) -> Response:
    """``{account, type, body}``: an event out of nothing, of any type, about anything."""
    world, body = world_of(request), await json_object(request)
    kind, about = _word(body, "type"), body.get("body", {})
    with world.store.transaction():
        event = add_event(world, _word(body, "account"), kind, about, to_all=True)
    return json_answer({"id": event}, 201)


def _change(world: World, changes: dict[str, Any]) -> None:
    with _told():
        world.assumptions.change(changes)
    world.clock.offset_seconds = world.assumptions.clock_offset_seconds
    with world.store.transaction():
        world.assumptions.save(world.store)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn a ``ValueError`` into an answer that says what was wrong."""
    try:
        yield
    except ValueError as error:
        raise ApiError("validation_failed", str(error)) from error


def _account(request: Request) -> str:
    name = str(request.path_params["account"])
    if not world_of(request).store.one("SELECT 1 FROM accounts WHERE name = ?", name):
        raise ApiError("not_found", "There is no such account.")
    return name


def _word(body: dict[str, Any], name: str) -> str:
    if not isinstance(body.get(name), str) or not body[name]:
        raise ApiError("validation_failed", f"{name} is required.")
    return str(body[name])


def _scopes(body: dict[str, Any]) -> list[str] | None:
    scopes = body.get("scopes")
    if scopes is not None and not set(scopes) <= set(SCOPES):
        raise ApiError("validation_failed", f"scopes are {', '.join(SCOPES)}.")
    return scopes


def _state(body: dict[str, Any]) -> str:
    state = str(body.get("state", "active"))
    if state not in ("active", "revoked", "expired"):
        raise ApiError("validation_failed", "state is active, revoked or expired.")
    return state


ROUTES = [
    Route("/_sandbox/state", read_state, methods=["GET"]),
    Route("/_sandbox/requests", read_requests, methods=["GET"]),
    Route("/_sandbox/requests", clear_requests, methods=["DELETE"]),
    Route("/_sandbox/accounts", make_account, methods=["POST"]),
    Route("/_sandbox/accounts/{account}/spend", spend, methods=["POST"]),
    Route("/_sandbox/accounts/{account}/grant", grant, methods=["POST"]),
    Route("/_sandbox/keys", make_key, methods=["POST"]),
    Route("/_sandbox/keys/{key}", change_key, methods=["PATCH"]),
    Route("/_sandbox/faults", make_fault, methods=["POST"]),
    Route("/_sandbox/faults", list_faults, methods=["GET"]),
    Route("/_sandbox/faults", drop_faults, methods=["DELETE"]),
    Route("/_sandbox/faults/{number:int}", drop_faults, methods=["DELETE"]),
    Route("/_sandbox/outcomes", make_outcome, methods=["POST"]),
    Route("/_sandbox/outcomes", drop_outcomes, methods=["DELETE"]),
    Route("/_sandbox/generations/{task_id}", change_generation, methods=["PATCH"]),
    Route("/_sandbox/clock", change_clock, methods=["PUT"]),
    Route("/_sandbox/settings", change_settings, methods=["PUT"]),
    Route("/_sandbox/settings", read_settings, methods=["GET"]),
    Route("/_sandbox/webhooks", change_webhooks, methods=["PUT"]),
    Route("/_sandbox/webhooks/events", send_event, methods=["POST"]),
    Route("/_sandbox/models", make_model, methods=["POST"]),
    Route("/_sandbox/models/{model}", drop_model, methods=["DELETE"]),
]

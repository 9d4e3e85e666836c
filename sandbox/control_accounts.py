"""The control face for wallets and keys."""

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import money
from sandbox.access import SCOPES
from sandbox.answers import ApiError, json_answer
from sandbox.bodies import json_object
from sandbox.control_bodies import word
from sandbox.control_state import account_state
from sandbox.seeding import add_account, add_key
from sandbox.world import world_of


async def make_account(request: Request) -> Response:
    """``{name, credits}``: a new account."""
    world, body = world_of(request), await json_object(request)
    name = word(body, "name")
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
    if not world.store.one("SELECT 1 FROM accounts WHERE name = ?", word(body, "account")):
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
        world.store.run("UPDATE keys SET scopes = ? WHERE secret = ?", json.dumps(scopes), secret)
    if "state" in body:
        world.store.run("UPDATE keys SET state = ? WHERE secret = ?", _state(body), secret)
    if "expires_in_seconds" in body:
        expires_at = world.clock.now() + float(body["expires_in_seconds"])
        world.store.run("UPDATE keys SET expires_at = ? WHERE secret = ?", expires_at, secret)
    return json_answer({"changed": True})


def _account(request: Request) -> str:
    name = str(request.path_params["account"])
    if not world_of(request).store.one("SELECT 1 FROM accounts WHERE name = ?", name):
        raise ApiError("not_found", "There is no such account.")
    return name


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
    Route("/_sandbox/accounts", make_account, methods=["POST"]),
    Route("/_sandbox/accounts/{account}/spend", spend, methods=["POST"]),
    Route("/_sandbox/accounts/{account}/grant", grant, methods=["POST"]),
    Route("/_sandbox/keys", make_key, methods=["POST"]),
    Route("/_sandbox/keys/{key}", change_key, methods=["PATCH"]),
]

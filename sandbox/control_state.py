"""What ``GET /_sandbox/state`` tells: enough to prove one generation for each job, and every credit."""

import json
import sqlite3
from typing import Any

from sandbox import money
from sandbox.clock import written
from sandbox.shapes import shown_generation
from sandbox.world import World


def full_state(world: World, account: str | None = None) -> dict[str, Any]:
    """Return accounts, generations, charges, ledger, turns, keyed POSTs, request counts, faults and deliveries."""
    names = [row["name"] for row in world.store.all("SELECT name FROM accounts ORDER BY name")]
    narrow = "" if account is None else " WHERE account = ?"
    values = [] if account is None else [account]

    def rows(sql: str) -> list[sqlite3.Row]:
        return world.store.all(sql.replace("{where}", narrow), *values)

    return {
        "now": written(world.clock.now()),
        "accounts": {name: account_state(world, name) for name in names if account in (None, name)},
        "generations": [
            _generation(world, row) for row in rows("SELECT * FROM generations{where} ORDER BY created_at")
        ],
        "charges": [_timed(row, "taken") for row in rows("SELECT * FROM charges{where} ORDER BY id")],
        "ledger": [_timed(row) for row in rows("SELECT * FROM ledger{where} ORDER BY id")],
        "turns": [_timed(row) for row in rows("SELECT * FROM turns{where} ORDER BY created_at")],
        "files": [_timed(row) for row in rows("SELECT * FROM files{where} ORDER BY created_at")],
        "media": [_timed(row, "recipe", "path") for row in rows("SELECT * FROM media{where} ORDER BY created_at")],
        "endpoints": [_timed(row) for row in rows("SELECT * FROM endpoints{where} ORDER BY created_at")],
        "deliveries": [_timed(row) for row in world.store.all("SELECT * FROM deliveries ORDER BY created_at")],
        "idempotency": _keyed(rows("SELECT * FROM posts{where} ORDER BY first_at")),
        "requests": [
            {"method": method, "path": path, "status": status, "count": count}
            for (method, path, status), count in sorted(world.counters.items())
        ],
        "faults": [fault.shown() for fault in world.faults],
    }


def account_state(world: World, name: str) -> dict[str, Any]:
    """Return balance, open reserve and keys of one account; of a key only its last four characters."""
    keys = world.store.all("SELECT * FROM keys WHERE account = ? ORDER BY created_at", name)
    open_ = world.store.one(
        "SELECT COALESCE(SUM(reserved), 0) AS sum FROM charges WHERE account = ? AND state = 'reserved'", name
    )
    shown = [
        {
            "name": key["name"],
            "last_four": key["secret"][-4:],
            "state": key["state"],
            "scopes": json.loads(key["scopes"]),
        }
        for key in keys
    ]
    return {
        "name": name,
        "balance": money.balance(world, name),
        "reserved": open_["sum"] if open_ else 0,
        "keys": shown,
    }


def recent_requests(world: World, path: str) -> list[dict[str, Any]]:
    """Return the requests that came in since the start, at most 2,000, oldest first."""
    return [one | {"at": written(one["at"])} for one in world.recent if path in one["path"]]


def _generation(world: World, row: sqlite3.Row) -> dict[str, Any]:
    names = ("account", "idempotency_key", "client_request_id", "prompt")
    return shown_generation(world, row) | {name: row[name] for name in names} | {
        "reserved": row["reserved"], "final": row["final"], "created": written(row["created_at"]),
        "params": json.loads(row["params"]), "finishes_at": written(row["finishes_at"]),
    }  # fmt: skip


def _keyed(rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
    """Return one entry for each account, endpoint and key: how many POSTs, and whether all had the same bytes."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        place = (row["account"], row["endpoint"], row["key"])
        entry = found.setdefault(place, {
            "account": row["account"], "endpoint": row["endpoint"], "key": row["key"], "posts": 0, "bodies": [],
            "first_at": written(row["first_at"]),
        })  # fmt: skip
        entry["posts"] += row["count"]
        entry["bodies"].append({"sha256": row["body_sha256"], "posts": row["count"]})
        entry["bodies_identical"] = len(entry["bodies"]) == 1
        entry["last_at"] = written(row["last_at"])
    return list(found.values())


def _timed(row: sqlite3.Row, *hidden: str) -> dict[str, Any]:
    """Return a row with its moments written as Rivya writes them."""
    return {
        name: written(row[name]) if name == "at" or name.endswith("_at") else row[name]
        for name in row.keys()  # noqa: SIM118, a sqlite3.Row iterates over values
        if name not in ("secret", *hidden)
    }

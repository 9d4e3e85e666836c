"""The end of a job, the moment anybody looks after it is due: result, credits and event in one transaction."""

import json
import sqlite3
from typing import Any

from sandbox import money
from sandbox.events import record_event
from sandbox.media import add_results
from sandbox.world import World

BATCH = 500


def settle_due(world: World) -> int:
    """Finish every job whose time has come. Returns how many."""
    rows = world.store.all(
        "SELECT * FROM generations WHERE outcome IS NULL AND finishes_at <= ? ORDER BY finishes_at LIMIT ?",
        world.clock.now(), BATCH,
    )  # fmt: skip
    for row in rows:
        finish(world, row)
    return len(rows)


def finish(world: World, row: sqlite3.Row) -> None:
    """Move one job to its planned end, once."""
    plan: dict[str, Any] = json.loads(row["plan"])
    succeeded = plan["outcome"] == "succeed"
    with world.store.transaction():
        claimed = world.store.run(
            "UPDATE generations SET outcome = 'settling' WHERE id = ? AND outcome IS NULL", row["id"]
        )
        if not claimed:
            return
        final = money.settle(world, row["id"], _price(world, row, plan)).final
        urls = add_results(world, row, plan) if succeeded else []
        result = json.dumps({"primary_url": urls[0] if urls else None, "urls": urls}) if succeeded else None
        error = None if succeeded or plan["error"] is None else json.dumps(plan["error"])
        status = plan.get("final_status") or ("succeeded" if succeeded else "failed")
        world.store.run(
            "UPDATE generations SET outcome = ?, final = ?, result = ?, error = ?, updated_at = finishes_at "
            "WHERE id = ?",
            status, final, result, error, row["id"],
        )  # fmt: skip
        record_event(world, row["id"])


def _price(world: World, row: sqlite3.Row, plan: dict[str, Any]) -> int:
    """Return the credits kept: all on success, none on failure, unless the plan says otherwise (A35)."""
    if plan.get("final_credits") is not None:
        return int(plan["final_credits"])
    charged = plan.get("charged", plan["outcome"] == "succeed" or not world.assumptions.failure_refund)
    if charged == "half":
        return int(row["reserved"]) // 2
    return int(row["reserved"]) if charged else 0

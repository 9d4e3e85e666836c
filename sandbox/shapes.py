"""The public generation object, the same in answers and in webhook payloads (rivya-api.md §6)."""

import json
import sqlite3
from typing import Any

from sandbox.clock import written
from sandbox.world import World


def shown_generation(world: World, row: sqlite3.Row | None, *, fresh: bool = False) -> dict[str, Any]:
    """Return a stored job as Rivya shows it; a ``fresh`` one is always ``queued``."""
    if row is None:
        raise LookupError("the generation went away")
    status, plan = row["outcome"], None
    if status is None:
        plan = json.loads(row["plan"])
        status = "queued" if fresh or world.clock.now() < row["starts_at"] else "processing"
        status = status if fresh else plan.get("open_status") or status
    body = {
        "id": row["id"],
        "status": status,
        "model": row["model"],
        "reserved_credits": row["reserved"],
        "final_credits": row["final"],
        "created_at": written(row["created_at"]),
        "updated_at": written(row["starts_at"] if status == "processing" else row["updated_at"]),
        "result": json.loads(row["result"]) if row["result"] else None,
        "error": json.loads(row["error"]) if row["error"] else None,
    }
    plan = json.loads(row["plan"]) if plan is None and '"extra"' in row["plan"] else plan
    return body | ((plan or {}).get("extra") or {})

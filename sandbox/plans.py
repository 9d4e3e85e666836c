"""What will become of a job: decided and stored when it is made, so that a restart changes nothing."""

import json
from random import Random
from typing import Any

from sandbox.access import Caller
from sandbox.catalogue import Model
from sandbox.triggers import fate_of
from sandbox.world import World

FIELDS = {
    "outcome", "error", "charged", "final_credits", "seconds", "queued_seconds", "urls", "count", "open_status",
    "final_status", "media", "extra",
}  # fmt: skip
FAILED = {"code": "generation_failed", "message": "The generation failed."}


def plan_job(caller: Caller, model: Model, prompt: str, params: dict[str, Any], task: str) -> dict[str, Any]:
    """Return the plan: settings first, then the prompt's own wishes, then the next queued outcome. Uses that one up."""
    low, high = getattr(caller.world.assumptions, f"{model.category}_seconds", [2.0, 4.0])
    plan: dict[str, Any] = {
        "outcome": "succeed", "error": FAILED, "seconds": Random(task).uniform(low, high), "count": _count(params),
    }  # fmt: skip
    plan |= fate_of(prompt) | _next_outcome(caller, model, prompt)
    plan["seconds"] /= caller.world.assumptions.speed
    plan.setdefault("queued_seconds", plan["seconds"] * 0.25)
    return plan


def queue_outcome(world: World, match: dict[str, Any], plan: dict[str, Any], times: int | None) -> int:
    """Store the fate of the next ``times`` jobs that match (``None``: of all). ``ValueError`` for an unknown field."""
    unknown = plan.keys() - FIELDS
    if unknown:
        raise ValueError(f"an outcome has no {', '.join(sorted(unknown))}")
    return world.store.add("outcomes", match=json.dumps(match), plan=json.dumps(plan), times=times)


def _next_outcome(caller: Caller, model: Model, prompt: str) -> dict[str, Any]:
    store = caller.world.store
    facts = {"account": caller.account, "model": model.id, "category": model.category}
    for row in store.all("SELECT * FROM outcomes WHERE times IS NULL OR used < times ORDER BY id"):
        match = json.loads(row["match"])
        wanted = match.pop("prompt", "")
        if wanted in prompt and all(facts.get(name) == value for name, value in match.items()):
            store.run("UPDATE outcomes SET used = used + 1 WHERE id = ?", row["id"])
            plan: dict[str, Any] = json.loads(row["plan"])
            return plan
    return {}


def _count(params: dict[str, Any]) -> int:
    most = params.get("max_images", 1)
    return int(most) if isinstance(most, int | float) else 1

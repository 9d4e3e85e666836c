"""``POST /generations`` and ``GET /generations/{taskId}`` (rivya-api.md §5, §6).

A charge, its task and the stored answer of its idempotency key are one transaction. A running job is a row with
times in it: its state is worked out from the clock, so nothing is lost when the sandbox dies.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox import money
from sandbox.access import Caller, needs
from sandbox.answers import ApiError, json_answer, new_id
from sandbox.bodies import client_request_id, json_object
from sandbox.catalogue import Model, find_model
from sandbox.idempotency import Once, once
from sandbox.parameters import REFERENCES, check_params
from sandbox.plans import plan_job
from sandbox.references import check_references
from sandbox.settling import finish, settle_due
from sandbox.shapes import shown_generation
from sandbox.store import packed
from sandbox.triggers import refuse_if_asked
from sandbox.visits import visit_of


@needs("generations:create")
async def create_generation(request: Request, caller: Caller) -> Response:
    """Start a job, or replay the answer of the same call made before."""
    body = await json_object(request)
    call = once(request, caller, body)
    status = caller.world.assumptions.create_status
    if call.replay is not None:
        return json_answer(call.replay, status)
    with call.in_flight():
        model, prompt, params = _check(caller, body, visit_of(request).attempt)
        await visit_of(request).pause_during()
        answer = _start(call, request, model, prompt, params, body)
    return json_answer(answer, status)


@needs("generations:read")
async def read_generation(request: Request, caller: Caller) -> Response:
    """Answer a job of this account; a foreign one reads like one that does not exist."""
    store, sql = caller.world.store, "SELECT * FROM generations WHERE id = ? AND account = ?"
    row = store.one(sql, request.path_params["task_id"], caller.account)
    if row is None:
        raise ApiError("not_found", "There is no such generation.")
    if row["outcome"] is None and row["finishes_at"] is not None and row["finishes_at"] <= caller.world.clock.now():
        finish(caller.world, row)
        row = store.one(sql, row["id"], caller.account)
    return json_answer(shown_generation(caller.world, row))


def _check(caller: Caller, body: dict[str, Any], attempt: int) -> tuple[Model, str, dict[str, Any]]:
    model = find_model(caller.world, body.get("model"))
    if model is None or not model.is_callable or model.category == "chat":
        raise ApiError("validation_failed", "model must be an available image, video or audio model.")
    if "files" in body:
        raise ApiError("validation_failed", "files is not accepted: use params.referenceMediaItems.")
    client_request_id(caller.world, body.get("client_request_id"))
    params = body.get("params") or {}
    if not isinstance(params, dict):
        raise ApiError("validation_failed", "params must be an object.")
    checked = check_params(caller.world, model, params)
    prompt = _prompt(model, body.get("prompt"), checked)
    check_references(caller, model, checked.get(REFERENCES))
    refuse_if_asked(prompt, attempt)
    return model, prompt, checked


def _prompt(model: Model, prompt: Any, params: dict[str, Any]) -> str:
    if prompt in (None, "") and model.behaviour.get("prompt_optional"):
        return " ".join(line["text"] for line in params.get("dialogue", []))
    longest = model.entry.get("max_prompt_length")
    if not isinstance(prompt, str) or not prompt.strip():
        raise ApiError("validation_failed", "prompt is required.")
    if longest is not None and len(prompt) > longest:
        raise ApiError("validation_failed", f"prompt is longer than {longest} characters.")
    return prompt


def _start(
    call: Once, request: Request, model: Model, prompt: str, params: dict[str, Any], body: dict[str, Any]
) -> dict[str, Any]:
    caller, world, task = call.caller, call.caller.world, new_id("task")
    settle_due(world)
    with world.store.transaction():
        money.reserve(world, caller.account, model.base_credits, task)
        plan = plan_job(caller, model, prompt, params, task)
        now = world.clock.now()
        world.store.add(
            "generations", id=task, account=caller.account, secret=caller.secret, model=model.id,
            category=model.category, prompt=prompt, params=packed(params), idempotency_key=call.key,
            client_request_id=body.get("client_request_id"), base_url=world.base_url(request),
            reserved=model.base_credits, plan=json.dumps(plan), created_at=now, updated_at=now,
            starts_at=now + plan["queued_seconds"],
            finishes_at=None if plan["outcome"] == "hang" else now + plan["seconds"],
        )  # fmt: skip
        answer = shown_generation(world, world.store.one("SELECT * FROM generations WHERE id = ?", task), fresh=True)
        call.keep(answer)
    return answer

"""The control face for faults, and for what becomes of jobs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import ApiError, json_answer
from sandbox.bodies import json_object
from sandbox.control_bodies import told
from sandbox.fault_rules import arm, disarm
from sandbox.faults import FAULTS
from sandbox.plans import queue_outcome
from sandbox.world import world_of


async def make_fault(request: Request) -> Response:
    """``{match, fault, times?, skip?/after?, options?, …options}``: arm a fault. ``times: null`` strikes for ever."""
    world, body = world_of(request), await json_object(request)
    match, fault = body.pop("match", {}), body.pop("fault", None)
    times, skip = body.pop("times", 1), int(body.pop("skip", body.pop("after", 0)))
    options = body.pop("options", {}) | body
    if fault not in FAULTS:
        raise ApiError("validation_failed", f"There is no fault {fault}; there are {', '.join(FAULTS)}.")
    with told():
        armed = arm(world, match, fault, options, skip, times)
    return json_answer({"id": armed.id, "fault": fault}, 201)


async def list_faults(request: Request) -> Response:
    """What is armed, and how often it struck."""
    data = [fault.shown() for fault in world_of(request).faults]
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
    with told():
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


ROUTES = [
    Route("/_sandbox/faults", make_fault, methods=["POST"]),
    Route("/_sandbox/faults", list_faults, methods=["GET"]),
    Route("/_sandbox/faults", drop_faults, methods=["DELETE"]),
    Route("/_sandbox/faults/{number:int}", drop_faults, methods=["DELETE"]),
    Route("/_sandbox/outcomes", make_outcome, methods=["POST"]),
    Route("/_sandbox/outcomes", drop_outcomes, methods=["DELETE"]),
    Route("/_sandbox/generations/{task_id}", change_generation, methods=["PATCH"]),
]

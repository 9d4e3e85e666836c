"""The control face for clock, assumptions, catalogue and webhooks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.answers import ApiError, json_answer
from sandbox.bodies import json_object
from sandbox.catalogue import put_model, remove_model
from sandbox.control_bodies import told, word
from sandbox.events import add_event
from sandbox.webhook_mischief import check_mischief
from sandbox.world import World, world_of


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
    with told():
        check_mischief(body)
    now = world.assumptions.webhook_mischief | body
    _change(world, {"webhook_mischief": {name: value for name, value in now.items() if value}})
    return json_answer(world.assumptions.webhook_mischief)


async def send_event(request: Request) -> Response:
    """``{account, type, body}``: an event out of nothing, of any type, about anything."""
    world, body = world_of(request), await json_object(request)
    kind, about = word(body, "type"), body.get("body", {})
    with world.store.transaction():
        event = add_event(world, word(body, "account"), kind, about, to_all=True)
    return json_answer({"id": event}, 201)


def _change(world: World, changes: dict[str, Any]) -> None:
    with told():
        world.assumptions.change(changes)
    world.clock.offset_seconds = world.assumptions.clock_offset_seconds
    with world.store.transaction():
        world.assumptions.save(world.store)


ROUTES = [
    Route("/_sandbox/clock", change_clock, methods=["PUT"]),
    Route("/_sandbox/settings", change_settings, methods=["PUT"]),
    Route("/_sandbox/settings", read_settings, methods=["GET"]),
    Route("/_sandbox/webhooks", change_webhooks, methods=["PUT"]),
    Route("/_sandbox/webhooks/events", send_event, methods=["POST"]),
    Route("/_sandbox/models", make_model, methods=["POST"]),
    Route("/_sandbox/models/{model}", drop_model, methods=["DELETE"]),
]

"""The control face ``/_sandbox/…``: only with ``--control``; it is for tests and never part of Rivya's API."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import control_accounts, control_fates, control_settings
from sandbox.answers import json_answer
from sandbox.control_state import full_state, recent_requests
from sandbox.settling import settle_due
from sandbox.world import world_of


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


ROUTES = [
    Route("/_sandbox/state", read_state, methods=["GET"]),
    Route("/_sandbox/requests", read_requests, methods=["GET"]),
    Route("/_sandbox/requests", clear_requests, methods=["DELETE"]),
    *control_accounts.ROUTES,
    *control_fates.ROUTES,
    *control_settings.ROUTES,
]

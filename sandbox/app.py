"""The application: every path of rivya-api.md §1.4, the media host, and the control face if it was asked for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import control
from sandbox.answers import ApiError, error_body, json_answer, refuse
from sandbox.catalogue import list_models
from sandbox.chat import complete, stream
from sandbox.chat_turns import release_stranded
from sandbox.contract import read_contract
from sandbox.credits import read_credits
from sandbox.deliveries import keep_delivering, requeue_unsent
from sandbox.files import create_file, read_file
from sandbox.generations import create_generation, read_generation
from sandbox.journal import Journal
from sandbox.media import serve_media
from sandbox.sessions import list_sessions, read_session
from sandbox.webhooks import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    list_deliveries,
    list_endpoints,
    list_events,
    read_endpoint,
    rotate_secret,
    send_test,
)
from sandbox.world import World

API = "/api/v1"
ROUTES = [
    Route(f"{API}/generations/{{task_id}}", read_generation, methods=["GET"]),
    Route(f"{API}/generations", create_generation, methods=["POST"]),
    Route(f"{API}/models", list_models, methods=["GET"]),
    Route(f"{API}/credits", read_credits, methods=["GET"]),
    Route(f"{API}/files", create_file, methods=["POST"]),
    Route(f"{API}/files/{{file_id}}", read_file, methods=["GET"]),
    Route(f"{API}/chat/completions", complete, methods=["POST"]),
    Route(f"{API}/chat/completions/stream", stream, methods=["POST"]),
    Route(f"{API}/chat/sessions", list_sessions, methods=["GET"]),
    Route(f"{API}/chat/sessions/{{session_id}}", read_session, methods=["GET"]),
    Route(f"{API}/webhooks", list_endpoints, methods=["GET"]),
    Route(f"{API}/webhooks", create_endpoint, methods=["POST"]),
    Route(f"{API}/webhooks/{{endpoint_id}}", read_endpoint, methods=["GET"]),
    Route(f"{API}/webhooks/{{endpoint_id}}", change_endpoint, methods=["PATCH"]),
    Route(f"{API}/webhooks/{{endpoint_id}}", delete_endpoint, methods=["DELETE"]),
    Route(f"{API}/webhooks/{{endpoint_id}}/rotate-secret", rotate_secret, methods=["POST"]),
    Route(f"{API}/webhooks/{{endpoint_id}}/test", send_test, methods=["POST"]),
    Route(f"{API}/webhooks/{{endpoint_id}}/deliveries", list_deliveries, methods=["GET"]),
    Route(f"{API}/webhook-events", list_events, methods=["GET"]),
    Route(f"{API}/openapi.json", read_contract, methods=["GET"]),
    Route("/media/{name}", serve_media, methods=["GET"]),
]


def build(world: World) -> Starlette:
    """Return the ASGI application of one sandbox."""
    app = Starlette(
        routes=[*ROUTES, *(control.ROUTES if world.control else [])],
        middleware=[Middleware(Journal, world=world)],
        exception_handlers={ApiError: refuse, HTTPException: _refuse_http, Exception: refuse},
        lifespan=_lifespan,
    )
    app.state.world = world
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    world: World = app.state.world
    release_stranded(world)
    requeue_unsent(world)
    deliverer = asyncio.create_task(keep_delivering(world))
    deliverer.add_done_callback(lambda task: None if task.cancelled() else task.result())  # told, should it ever fail
    running = {deliverer}
    yield
    running |= world.turns
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    world.painters.shutdown(wait=False, cancel_futures=True)
    world.store.close()


def _refuse_http(_: Request, error: Exception) -> Response:
    """Unknown paths and methods, in Rivya's envelope."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "validation_failed")
    return json_answer(error_body(code, "There is no such call."), status)

"""The application: every path of rivya-api.md §1.4, the media host, and the control face if it was asked for."""

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
from sandbox.credits import read_credits
from sandbox.files import create_file, read_file
from sandbox.generations import create_generation, read_generation
from sandbox.journal import Journal
from sandbox.media import serve_media
from sandbox.world import World

API = "/api/v1"
ROUTES = [
    Route(f"{API}/generations/{{task_id}}", read_generation, methods=["GET"]),
    Route(f"{API}/generations", create_generation, methods=["POST"]),
    Route(f"{API}/models", list_models, methods=["GET"]),
    Route(f"{API}/credits", read_credits, methods=["GET"]),
    Route(f"{API}/files", create_file, methods=["POST"]),
    Route(f"{API}/files/{{file_id}}", read_file, methods=["GET"]),
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
    yield
    world.painters.shutdown(wait=False, cancel_futures=True)
    world.store.close()


def _refuse_http(_: Request, error: Exception) -> Response:
    """Unknown paths and methods, in Rivya's envelope."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "validation_failed")
    return json_answer(error_body(code, "There is no such call."), status)

"""Reading JSON request bodies, and the fields that several calls share."""

import json
from typing import Any

from starlette.requests import Request

from sandbox.answers import ApiError
from sandbox.world import World


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body as an object, or refuse."""
    try:
        body = json.loads(await request.body(), parse_constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False).encode()  # a lone surrogate is JSON, but no text
    except (ValueError, RecursionError):
        raise ApiError("validation_failed", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ApiError("validation_failed", "The body must be a JSON object.")
    return body


def client_request_id(world: World, value: Any) -> str | None:
    """Return the caller's trace ID, or refuse one that is no string or too long (A13)."""
    if value is None:
        return None
    longest = world.assumptions.request_id_length
    if not isinstance(value, str) or len(value) > longest:
        raise ApiError("validation_failed", f"client_request_id must be a string of up to {longest} characters.")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")

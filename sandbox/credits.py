"""``GET /credits``: one number (rivya-api.md §10)."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox import money
from sandbox.access import Caller, needs
from sandbox.answers import json_answer
from sandbox.settling import settle_due


@needs("credits:read")
async def read_credits(_: Request, caller: Caller) -> Response:
    """Answer what the wallet holds now; what is reserved is already taken off."""
    settle_due(caller.world)
    return json_answer({"current_credits": money.balance(caller.world, caller.account)})

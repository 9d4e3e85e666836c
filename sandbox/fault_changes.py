"""Faults that do the work and then bend the answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.strikes import Strike


async def patch_json(strike: Strike) -> None:
    """The answer with ``merge`` laid over it, object by object."""
    await _changed(strike, lambda body: merged(body, strike.options.get("merge", {})))


async def unknown_state(strike: Strike) -> None:
    """The answer with another ``status`` (paused)."""
    await _changed(strike, lambda body: merged(body, {"status": strike.options.get("status", "paused")}))


async def new_fields(strike: Strike) -> None:
    """The answer with fields nobody knows, at the top and in each listed object."""
    extra = {"x_new": {"nested": [1, 2, {"deep": None}]}, "x_flag": True, "has_more": False}

    def grown(body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("data"), list):
            body = body | {"data": [merged(one, extra) for one in body["data"]]}
        return merged(body, extra)

    await _changed(strike, grown)


async def wrong_types(strike: Strike) -> None:
    """Numbers become strings, strings numbers, lists objects and objects lists; only ``fields`` if given."""
    fields = strike.options.get("fields")
    await _changed(
        strike,
        lambda body: {name: _bent(value) if fields is None or name in fields else value for name, value in body.items()}
        if isinstance(body, dict) else _bent(body),
    )  # fmt: skip


async def drop_fields(strike: Strike) -> None:
    """The answer without ``fields``, at the top and in each listed object."""
    gone = set(strike.options.get("fields", []))

    def thinned(body: Any) -> Any:
        if isinstance(body, list):
            return [thinned(one) for one in body]
        if not isinstance(body, dict):
            return body
        kept = {name: value for name, value in body.items() if name not in gone}
        return kept | {"data": thinned(kept["data"])} if "data" in kept else kept

    await _changed(strike, thinned)


async def empty_list(strike: Strike) -> None:
    """A list with nothing in it."""
    await _changed(strike, lambda body: merged(body, {"data": []}))


async def content_type(strike: Strike) -> None:
    """The right bytes under the wrong ``value`` (application/octet-stream)."""
    reply = await strike.captured()
    await strike.answer(reply.with_type(str(strike.options.get("value", "application/octet-stream"))))


async def foreign_body(strike: Strike) -> None:
    """The right headers with an HTML page in the body: an image that is none."""
    reply = await strike.captured()
    await strike.answer(reply.with_body(b"<!doctype html><title>Sign in</title><script>alert(1)</script>"))


def merged(body: Any, over: Any) -> Any:
    """Return ``body`` with ``over`` laid on it; objects are merged, everything else replaced."""
    if not isinstance(body, dict) or not isinstance(over, dict):
        return over
    return body | {name: merged(body.get(name), value) for name, value in over.items()}


async def _changed(strike: Strike, change: Callable[[Any], Any]) -> None:
    reply = await strike.captured()
    await strike.answer(reply.with_json(change))


def _bent(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "neither"
    if isinstance(value, int | float):
        return f"{value} pieces"
    if isinstance(value, str):
        return 7
    return {} if isinstance(value, list) else []


FAULTS: dict[str, Callable[[Strike], Awaitable[None]]] = {
    one.__name__: one
    for one in (
        patch_json, unknown_state, new_fields, wrong_types, drop_fields, empty_list, content_type, foreign_body,
    )
}  # fmt: skip

"""What the parts of the control face share: telling what was wrong with a call."""

import contextlib
from collections.abc import Iterator
from typing import Any

from sandbox.answers import ApiError


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn a ``ValueError`` into an answer that says what was wrong."""
    try:
        yield
    except ValueError as error:
        raise ApiError("validation_failed", str(error)) from error


def word(body: dict[str, Any], name: str) -> str:
    """Return a string that must be there."""
    if not isinstance(body.get(name), str) or not body[name]:
        raise ApiError("validation_failed", f"{name} is required.")
    return str(body[name])

"""Answers in Rivya's words: JSON, lists and the error envelope (rivya-api.md §13)."""

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

STATUSES = {
    "public_api_disabled": 503,
    "api_key_missing": 401,
    "api_key_invalid": 401,
    "api_key_revoked": 401,
    "api_key_expired": 401,
    "api_scope_denied": 403,
    "rate_limited": 429,
    "validation_failed": 400,
    "not_found": 404,
    "webhook_url_rejected": 400,
    "chat_model_not_supported": 400,
    "chat_session_conflict": 409,
    "chat_attachment_not_supported": 400,
    "idempotency_conflict": 409,
    "insufficient_credits": 402,
    "internal_error": 500,
}


class ApiError(Exception):
    """A refusal: becomes the error envelope with the code's status."""

    def __init__(
        self, code: str, message: str, *, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUSES[code]
        self.headers = headers or {}


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return ``body`` as compact JSON."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(text, status, headers, media_type="application/json")


def error_body(code: str, message: str, request_id: str | None = None) -> dict[str, Any]:
    """Return the documented envelope; ``requestId`` is camelCase here and only here."""
    return {"error": {"code": code, "message": message, "requestId": request_id or new_request_id()}}


def refuse(_: Request, error: Exception) -> Response:
    """Turn an ``ApiError`` into its answer (Starlette's exception handler)."""
    if not isinstance(error, ApiError):
        return json_answer(error_body("internal_error", "Something went wrong."), 500)
    return json_answer(error_body(error.code, error.message), error.status, error.headers)


def new_request_id() -> str:
    """Return ``req_`` and twelve hex digits."""
    return f"req_{secrets.token_hex(6)}"


def new_id(prefix: str) -> str:
    """Return an opaque public id such as ``task_9f2c…``."""
    return f"{prefix}_{secrets.token_hex(10)}"

"""``GET /openapi.json``: the documented surface as OpenAPI 3.1, built from one table (rivya-api.md §1.4)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import STATUSES, json_answer
from sandbox.contract_schemas import SCHEMAS

# Method, path, summary, scope ("" needs no key), request schema, answer schema.
CALLS: list[tuple[str, str, str, str, str, str]] = [
    ("get", "/api/v1/models", "List models", "", "", "ModelList"),
    ("post", "/api/v1/files", "Upload reference media", "files:create", "FileUpload", "PublicApiFile"),
    ("get", "/api/v1/files/{fileId}", "Read a file", "files:read", "", "PublicApiFile"),
    ("post", "/api/v1/generations", "Start a job", "generations:create", "GenerationRequest", "Generation"),
    ("get", "/api/v1/generations/{taskId}", "Read a job", "generations:read", "", "Generation"),
    ("post", "/api/v1/chat/completions", "One chat turn", "chat:create", "ChatRequest", "ChatCompletion"),
    ("post", "/api/v1/chat/completions/stream", "One chat turn, SSE", "chat:create", "ChatRequest", "EventStream"),
    ("get", "/api/v1/chat/sessions", "List sessions", "chat:read", "", "ChatSessionList"),
    ("get", "/api/v1/chat/sessions/{sessionId}", "Read a session", "chat:read", "", "ChatSession"),
    ("get", "/api/v1/credits", "Read the balance", "credits:read", "", "Credits"),
    ("get", "/api/v1/webhooks", "List endpoints", "webhooks:manage", "", "WebhookEndpointList"),
    ("post", "/api/v1/webhooks", "Create an endpoint", "webhooks:manage", "WebhookRequest", "WebhookEndpoint"),
    ("get", "/api/v1/webhooks/{endpointId}", "Read an endpoint", "webhooks:manage", "", "WebhookEndpoint"),
    (
        "patch",
        "/api/v1/webhooks/{endpointId}",
        "Change an endpoint",
        "webhooks:manage",
        "WebhookRequest",
        "WebhookEndpoint",
    ),
    ("delete", "/api/v1/webhooks/{endpointId}", "Remove an endpoint", "webhooks:manage", "", "WebhookEndpoint"),
    ("post", "/api/v1/webhooks/{endpointId}/rotate-secret", "New secret", "webhooks:manage", "", "WebhookEndpoint"),
    ("post", "/api/v1/webhooks/{endpointId}/test", "Send a test event", "webhooks:manage", "", "WebhookDelivery"),
    ("get", "/api/v1/webhooks/{endpointId}/deliveries", "List attempts", "webhooks:manage", "", "WebhookDeliveryList"),
    ("get", "/api/v1/webhook-events", "List events", "webhooks:manage", "", "WebhookEventList"),
    ("get", "/api/v1/openapi.json", "This document", "", "", "OpenApi"),
]
IDEMPOTENT = ("/api/v1/generations", "/api/v1/chat/completions", "/api/v1/chat/completions/stream")
MEDIA_TYPES = {"FileUpload": "multipart/form-data", "EventStream": "text/event-stream"}


async def read_contract(_: Request) -> Response:
    """Answer the contract; no key needed."""
    return json_answer(contract())


def contract() -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, summary, scope, asks, answers in CALLS:
        paths.setdefault(path, {})[method] = _operation(path, summary, scope, asks, answers)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rivya Public API (sandbox)",
            "version": "v1",
            "description": "Codes: " + ", ".join(STATUSES),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}, "schemas": SCHEMAS},
    }


def _operation(path: str, summary: str, scope: str, asks: str, answers: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": _parameters(path),
        "responses": {"200": _content(answers), "default": _content("Error")},
    }
    if scope:
        operation |= {"security": [{"bearer": []}], "x-scope": scope}
    if asks:
        operation["requestBody"] = {"required": True, "content": _content(asks)["content"]}
    return operation


def _parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    listed = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}
    return [*listed, key] if path in IDEMPOTENT else listed


def _content(schema: str) -> dict[str, Any]:
    kind = MEDIA_TYPES.get(schema, "application/json")
    return {"description": schema, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}

"""The schemas of the contract, written short."""

from typing import Any

WORD = {"type": "string"}
WHOLE = {"type": "integer"}
FLAG = {"type": "boolean"}
ANY: dict[str, Any] = {}
MOMENT = {"type": "string", "format": "date-time"}
THING = {"type": "object"}
WORDS = {"type": "array", "items": WORD}


def shape(needed: str = "", /, **fields: Any) -> dict[str, Any]:
    """Return an object schema; ``needed`` holds names parted by spaces. Unknown fields are welcome."""
    return {"type": "object", "properties": fields, "required": needed.split(), "additionalProperties": True}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with null allowed."""
    return {"anyOf": [schema, {"type": "null"}]}


def listed(name: str) -> dict[str, Any]:
    """Return the list envelope of a schema (A3)."""
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return shape("object data", object={"const": "list"}, data=items)


CREDITS = shape("reserved final", reserved=WHOLE, final=WHOLE)
USAGE = shape("input_tokens output_tokens total_tokens", input_tokens=WHOLE, output_tokens=WHOLE, total_tokens=WHOLE)
MESSAGE = shape("id role content", id=WORD, role=WORD, content=WORD, created_at=MOMENT)

SCHEMAS: dict[str, Any] = {
    "Error": shape("error", error=shape("code message requestId", code=WORD, message=WORD, requestId=WORD)),
    "Model": shape(
        "id display_name category base_credits api_status",
        id=WORD,
        display_name=WORD,
        category=WORD,
        runtime=WORD,
        base_credits=WHOLE,
        billing_type=WORD,
        supported_modes=WORDS,
        max_prompt_length=maybe(WHOLE),
        reference_media=maybe(THING),
        params={"type": "array", "items": {"$ref": "#/components/schemas/ModelParam"}},
        api_status=WORD,
        api_input_status=WORD,
        supported_api_inputs=WORDS,
        requires_files_api=FLAG,
        requires_upload_for_modes=WORDS,
        url_input_supported=FLAG,
        file_kinds=WORDS,
        chat_capabilities=maybe(THING),
        notices=WORDS,
    ),
    "ModelParam": shape(
        "key type required",
        key=WORD,
        type=WORD,
        required=FLAG,
        default=ANY,
        min=ANY,
        max=ANY,
        step=ANY,
        options=ANY,
        description=WORD,
    ),
    "ModelList": listed("Model"),
    "FileUpload": shape(
        "file kind",
        file={"type": "string", "format": "binary"},
        kind={"enum": ["image", "video", "audio"]},
        model=WORD,
        client_request_id=WORD,
    ),
    "PublicApiFile": shape(
        "id kind url",
        id=WORD,
        object=WORD,
        kind=WORD,
        url=WORD,
        name=WORD,
        mime_type=WORD,
        size_bytes=WHOLE,
        duration_seconds=maybe({"type": "number"}),
        duration_token=maybe(WORD),
        status=WORD,
        created_at=MOMENT,
    ),
    "GenerationRequest": shape("model", model=WORD, prompt=WORD, params=THING, client_request_id=WORD),
    "Generation": shape(
        "id status model reserved_credits final_credits created_at updated_at result error",
        id=WORD,
        status=WORD,
        model=WORD,
        reserved_credits=WHOLE,
        final_credits=WHOLE,
        created_at=MOMENT,
        updated_at=MOMENT,
        result=maybe(shape("primary_url urls", primary_url=WORD, urls=WORDS)),
        error=maybe(shape("code message", code=WORD, message=WORD)),
    ),
    "ChatRequest": shape(
        "model message",
        model=WORD,
        message=WORD,
        session_id=WORD,
        enable_web_search=FLAG,
        reasoning_effort=WORD,
        attachments={"type": "array", "items": shape("file_id", file_id=WORD)},
        thought_mode=WORD,
        client_request_id=WORD,
    ),
    "ChatCompletion": shape(
        "id session_id model message usage credits",
        id=WORD,
        object=WORD,
        session_id=WORD,
        model=WORD,
        created_at=MOMENT,
        message=MESSAGE,
        usage=USAGE,
        credits=CREDITS,
    ),
    "EventStream": {
        "type": "string",
        "description": "session.created, message.delta, message.completed, usage.completed, heartbeat, error, done",
    },
    "ChatSession": shape(
        "id model",
        id=WORD,
        object=WORD,
        model=WORD,
        tool_slug=maybe(WORD),
        title=WORD,
        controls=THING,
        created_at=MOMENT,
        updated_at=MOMENT,
        last_message_at=maybe(MOMENT),
        messages={"type": "array", "items": MESSAGE},
    ),
    "ChatSessionList": listed("ChatSession"),
    "Credits": shape("current_credits", current_credits=WHOLE),
    "WebhookRequest": shape("", name=WORD, url=WORD, event_types=WORDS, status=WORD),
    "WebhookEndpoint": shape(
        "id name url event_types status",
        id=WORD,
        object=WORD,
        name=WORD,
        url=WORD,
        event_types=WORDS,
        status=WORD,
        secret_preview=WORD,
        signing_secret=WORD,
        last_success_at=maybe(MOMENT),
        last_failure_at=maybe(MOMENT),
        failure_count=WHOLE,
        created_at=MOMENT,
        updated_at=MOMENT,
        disabled_at=maybe(MOMENT),
        revoked_at=maybe(MOMENT),
    ),
    "WebhookEndpointList": listed("WebhookEndpoint"),
    "WebhookDelivery": shape(
        "id event_id endpoint_id status attempt",
        id=WORD,
        object=WORD,
        event_id=WORD,
        endpoint_id=WORD,
        status=WORD,
        attempt=WHOLE,
        response_status=maybe(WHOLE),
        error=maybe(WORD),
        created_at=MOMENT,
        next_attempt_at=maybe(MOMENT),
    ),
    "WebhookDeliveryList": listed("WebhookDelivery"),
    "WebhookEvent": shape(
        "id type",
        id=WORD,
        type=WORD,
        api_version=WORD,
        created_at=MOMENT,
        data={"$ref": "#/components/schemas/Generation"},
    ),
    "WebhookEventList": listed("WebhookEvent"),
    "OpenApi": THING,
}

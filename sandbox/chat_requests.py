"""Is this a chat turn Rivya would take? Model, message, session, attachments, controls (rivya-api.md §7)."""

from dataclasses import dataclass
from typing import Any

from sandbox.access import Caller
from sandbox.answers import ApiError
from sandbox.bodies import client_request_id
from sandbox.catalogue import Model, find_model

EFFORTS = ("default", "minimal", "low", "medium", "high", "xhigh")


@dataclass(frozen=True)
class Question:
    """A turn that passed every check but the credits."""

    model: Model
    message: str
    session: str | None
    pictures: list[tuple[str, str]]
    controls: dict[str, Any]
    client_request_id: str | None


def check_question(caller: Caller, body: dict[str, Any]) -> Question:
    """Return the question, or refuse with the documented code."""
    model = find_model(caller.world, body.get("model"))
    if model is None or model.category != "chat" or not model.is_callable:
        raise ApiError("chat_model_not_supported", "model must be an available chat model.")
    message = _message(model, body)
    session = _session(caller, model, body.get("session_id"))
    pictures = _pictures(caller, model, body.get("attachments"))
    trace = client_request_id(caller.world, body.get("client_request_id"))
    return Question(model, message, session, pictures, _controls(body), trace)


def _message(model: Model, body: dict[str, Any]) -> str:
    message, longest = body.get("message"), model.entry.get("max_prompt_length")
    if "messages" in body:
        raise ApiError("validation_failed", "messages is not supported: send message and session_id.")
    if not isinstance(message, str) or not message.strip():
        raise ApiError("validation_failed", "message is required.")
    if longest is not None and len(message) > longest:
        raise ApiError("validation_failed", f"message is longer than {longest} characters.")
    return message


def _session(caller: Caller, model: Model, session: Any) -> str | None:
    if session is None:
        return None
    row = caller.world.store.one(
        "SELECT model FROM sessions WHERE id = ? AND account = ?", str(session), caller.account
    )  # fmt: skip
    if row is None or row["model"] != model.id:
        raise ApiError("chat_session_conflict", "The session is not one of this account with this model.")
    return str(session)


def _pictures(caller: Caller, model: Model, attachments: Any) -> list[tuple[str, str]]:
    """Return ID and name of each attached image."""
    if not attachments:
        return []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise ApiError("validation_failed", "attachments must be a list of objects with file_id.")
    if len(attachments) > caller.world.assumptions.max_attachments:
        raise ApiError("validation_failed", f"Up to {caller.world.assumptions.max_attachments} attachments.")
    if not (model.entry.get("chat_capabilities") or {}).get("image_attachments"):
        raise ApiError("chat_attachment_not_supported", "This model takes no images.")
    return [_picture(caller, one.get("file_id")) for one in attachments]


def _picture(caller: Caller, file: Any) -> tuple[str, str]:
    now = caller.world.clock.now()
    row = caller.world.store.one(
        "SELECT files.id, files.name, kind FROM files JOIN media USING (token) WHERE files.id = ? "
        "AND files.account = ? AND available_at <= ? AND expires_at > ?", str(file), caller.account, now, now,
    )  # fmt: skip
    if row is None or row["kind"] != "image":
        raise ApiError("chat_attachment_not_supported", "An attachment must be an available image of this account.")
    return row["id"], row["name"]


def _controls(body: dict[str, Any]) -> dict[str, Any]:
    """Return the controls as sessions show them: null where ``default`` or nothing was sent."""
    search, effort, thought = (
        body.get("enable_web_search", False),
        body.get("reasoning_effort"),
        body.get("thought_mode"),
    )
    if not isinstance(search, bool):
        raise ApiError("validation_failed", "enable_web_search must be true or false.")
    if effort is not None and effort not in EFFORTS:
        raise ApiError("validation_failed", f"reasoning_effort must be one of {', '.join(EFFORTS)}.")
    if thought is not None and not isinstance(thought, str):
        raise ApiError("validation_failed", "thought_mode must be a string.")
    return {
        "enable_web_search": search,
        "reasoning_effort": None if effort == "default" else effort,
        "thought_mode": None if thought == "default" else thought,
    }

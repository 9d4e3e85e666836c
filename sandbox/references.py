"""``params.referenceMediaItems``: uploads that a generation may look at (rivya-api.md §4.3)."""

import sqlite3
from typing import Any

from sandbox.access import Caller
from sandbox.answers import ApiError
from sandbox.catalogue import Model


def check_references(caller: Caller, model: Model, items: Any) -> list[str]:
    """Return the media tokens of the uploads named, or refuse what the model does not take."""
    if items is None or items == []:
        if model.entry.get("requires_files_api"):
            raise ApiError("validation_failed", "This model needs an uploaded reference.")
        return []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ApiError("validation_failed", "params.referenceMediaItems must be a list of objects.")
    media = model.entry.get("reference_media") or {}
    if len(items) > media.get("max_files", 0):
        raise ApiError("validation_failed", f"This model takes {media.get('max_files', 0)} reference files.")
    _check_mixture(model, [item.get("kind") for item in items])
    return [token for item in items if (token := _check_item(caller, model, item)) is not None]


def _check_item(caller: Caller, model: Model, item: dict[str, Any]) -> str | None:
    kind, url = item.get("kind"), item.get("url")
    limits = {limit["kind"]: limit for limit in (model.entry.get("reference_media") or {}).get("limits", [])}
    if not isinstance(url, str) or not isinstance(kind, str):
        raise ApiError("validation_failed", "A reference needs url and kind.")
    if kind not in limits:
        raise ApiError("validation_failed", f"This model takes no {kind} references.")
    file = _owned(caller, url)
    if file is None and model.entry.get("url_input_supported") and url.startswith("https://"):
        return None
    if file is None:
        raise ApiError("validation_failed", "A reference must be the url of a file uploaded by this account.")
    _check_file(file, kind, limits[kind])
    needs_token = kind in model.behaviour.get("needs_duration_token", [])
    if needs_token and item.get("durationToken") != file["duration_token"]:
        raise ApiError("validation_failed", "This model needs the file's durationToken.")
    return str(file["token"])


def _owned(caller: Caller, url: str) -> sqlite3.Row | None:
    return caller.world.store.one(
        "SELECT files.*, media.expires_at FROM files JOIN media USING (token) WHERE files.account = ? AND url = ? "
        "AND media.expires_at > ?", caller.account, url, caller.world.clock.now(),
    )  # fmt: skip


def _check_file(file: sqlite3.Row, kind: str, limit: dict[str, Any]) -> None:
    if file["kind"] != kind:
        raise ApiError("validation_failed", f"The file is of kind {file['kind']}, not {kind}.")
    if file["mime_type"] not in limit["mime_types"]:
        raise ApiError("validation_failed", f"This model does not take {file['mime_type']}.")
    if file["size_bytes"] > limit["max_bytes"]:
        raise ApiError("validation_failed", f"This model takes files up to {limit['max_bytes']} bytes.")


def _check_mixture(model: Model, kinds: list[Any]) -> None:
    """HappyHorse: up to 9 images without a video, or 1 video and up to 5 images (rivya-api.md §3.2)."""
    pictures, films = kinds.count("image"), kinds.count("video")
    most = 5 if films else 9
    if model.id == "happyhorse-1-0" and (films > 1 or pictures > most):
        raise ApiError("validation_failed", "Up to 9 images, or 1 video with up to 5 images.")

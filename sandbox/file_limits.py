"""How large and of which type an upload may be: per kind, or as the named model says (rivya-api.md §4.1)."""

from typing import Any

from sandbox.answers import ApiError
from sandbox.catalogue import find_model
from sandbox.world import World

MEGABYTES = {"image": 10, "video": 50, "audio": 10}
TYPES = {
    "image": ("image/jpeg", "image/png", "image/webp"),
    "video": ("video/mp4", "video/quicktime", "video/webm"),
    "audio": ("audio/mpeg", "audio/mp4", "audio/wav", "audio/x-wav", "audio/aac", "audio/ogg"),
}


def limit_of(world: World, kind: Any, model: Any) -> tuple[int, tuple[str, ...]]:
    """Return the largest size in bytes and the types allowed, or refuse the kind or the model."""
    if kind not in TYPES:
        raise ApiError("validation_failed", "kind must be image, video or audio.")
    if not model:
        return MEGABYTES[kind] * world.assumptions.bytes_per_mb, TYPES[kind]
    found = find_model(world, model)
    if found is None:
        raise ApiError("validation_failed", "model is not a public model.")
    for limit in (found.entry.get("reference_media") or {}).get("limits", []):
        if limit["kind"] == kind:
            return int(limit["max_bytes"]), tuple(limit["mime_types"])
    raise ApiError("validation_failed", f"This model takes no {kind} files.")

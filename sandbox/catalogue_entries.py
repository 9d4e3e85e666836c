"""How a catalogue entry is written down: short builders for the shapes of rivya-api.md §2 (A4 to A9)."""

from typing import Any

Param = dict[str, Any]
Entry = dict[str, Any]

MB = 1 << 20
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
VIDEO_TYPES = ("video/mp4", "video/quicktime")

DESCRIPTIONS = {
    "aspect_ratio": "Shape of the picture, width to height.",
    "aspectRatio": "Shape of the picture, width to height.",
    "size": "Shape or grade of the output.",
    "imageSize": "Shape of the picture, width to height.",
    "image_size": "Shape of the picture.",
    "image_resolution": "Pixels of the long side.",
    "resolution": "Pixels of the output.",
    "output_format": "File format of the result.",
    "outputFormat": "File format of the result.",
    "quality": "Higher takes longer.",
    "seed": "The same seed and the same input give the same result.",
    "seeds": "The same seed and the same input give the same result.",
    "negative_prompt": "What should not be seen.",
    "max_images": "How many images one job may return.",
    "duration": "Length in seconds.",
    "duration_seconds": "Length in seconds.",
    "n_frames": "Length in seconds.",
    "return_last_frame": "Adds the last frame as a still image.",
    "generate_audio": "Adds a sound track.",
    "sound": "Adds a sound track.",
    "voice": "Who speaks.",
    "stability": "Lower is livelier, higher is steadier.",
    "dialogue": "Who says what, in order.",
    "instrumental": "Music without singing.",
}


def select(key: str, options: str, default: str | None = None, *, required: bool = False) -> Param:
    """Return a select whose options are the words of ``options``; values travel as strings."""
    return _param(key, "select", required=required, default=default, options=options.split())


def number(
    key: str,
    low: float | None = None,
    high: float | None = None,
    default: float | None = None,
    step: float | None = None,
) -> Param:
    """Return a number with its range; ``None`` is an open end."""
    return _param(key, "number", default=default, min=low, max=high, step=step)


def text(key: str) -> Param:
    """Return a free string."""
    return _param(key, "text")


def onoff(key: str, default: str = "false") -> Param:
    """Return a select of the words true and false, which is how Rivya sends booleans."""
    return select(key, "false true" if default == "false" else "true false", default)


def images(most: int, *, megabytes: int = 10) -> Entry:
    """Return ``reference_media`` for pictures only (A6)."""
    return references(most, {"image": (megabytes * MB, IMAGE_TYPES)})


def references(most: int, limits: dict[str, tuple[int, tuple[str, ...]]]) -> Entry:
    """Return ``reference_media`` (A6): kind to largest size in bytes and allowed types."""
    listed = [{"kind": kind, "max_bytes": size, "mime_types": list(types)} for kind, (size, types) in limits.items()]
    return {"max_files": most, "kinds": list(limits), "limits": listed}


def entry(
    model: str,
    name: str,
    category: str,
    credits: int,
    prompt: int | None,
    params: list[Param],
    reference: Entry | None = None,
    **changes: Any,
) -> Entry:
    """Return one element of ``GET /models`` with every documented field."""
    kinds = list(reference["kinds"]) if reference else []
    plain: Entry = {
        "id": model,
        "display_name": name,
        "category": category,
        "runtime": "async_task",
        "base_credits": credits,
        "billing_type": "FIXED",
        "supported_modes": [f"text-to-{category}", *(f"{kind}-to-{category}" for kind in kinds)],
        "max_prompt_length": prompt,
        "reference_media": reference,
        "params": params,
        "api_status": "available",
        "api_input_status": "partial_requires_files" if reference else "available_text",
        "supported_api_inputs": ["text", "file"] if reference else ["text"],
        "requires_files_api": False,
        "requires_upload_for_modes": [f"{kind}-to-{category}" for kind in kinds],
        "url_input_supported": False,
        "file_kinds": kinds,
        "chat_capabilities": None,
        "notices": [],
    }
    return plain | changes


def _param(key: str, kind: str, *, required: bool = False, **details: Any) -> Param:
    blank: Param = {
        "key": key, "type": kind, "required": required, "default": None, "min": None, "max": None, "step": None,
        "options": None, "description": DESCRIPTIONS.get(key, ""),
    }  # fmt: skip
    return blank | details

"""Which file format a result has: what its params ask for, else the model's habit."""

from typing import Any

TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
}
HABITS = {"image": "jpg", "video": "mp4", "audio": "mp3"}


def result_format(kind: str, params: dict[str, Any], behaviour: dict[str, Any]) -> str:
    """Return the suffix of a result, one of ``TYPES``."""
    asked = str(params.get("output_format") or params.get("outputFormat") or "").lower()
    if kind == "image" and asked in ("png", "jpg", "jpeg", "webp"):
        return asked.replace("jpeg", "jpg")
    if kind == "audio" and asked.startswith(("pcm", "ulaw", "alaw", "wav")):
        return "wav"
    if kind == "audio" and asked.startswith("opus"):
        return "ogg"
    habit = behaviour.get("format", HABITS[kind])
    return str(habit) if TYPES.get(habit, "").startswith(kind) else HABITS[kind]

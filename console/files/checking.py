"""Whether a file may be a reference (rivya-api.md §4.1): kind, type and size.

The library takes what the most generous model takes; what one model takes is asked again, with that model's own limits,
where a job is made. MB are 10^6 bytes here, so that neither reading of Rivya's limits is overstepped (A11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.files import media
from console.files.facts import Facts, Reason, Rejected

MB = 1_000_000
_MEBIBYTE = 2**20
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp"})
_VIDEOS = frozenset({"video/mp4", "video/quicktime", "video/webm"})
_SOUNDS = frozenset({"audio/mpeg", "audio/mp4", "audio/wav", "audio/aac", "audio/ogg"})
_SAME_TYPE = {
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
}
_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "video/mp4": "MP4",
    "video/quicktime": "QuickTime",
    "video/webm": "WebM",
    "video/x-matroska": "Matroska",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/wav": "WAV",
    "audio/aac": "AAC",
    "audio/ogg": "Ogg",
}
_OTHER_NAMES = {"image/gif": "GIF", "image/avif": "AVIF", "audio/flac": "FLAC", "video/ogg": "Ogg video"}
_PLURAL = {"image": "images", "video": "videos", "audio": "sounds"}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most bytes of one kind, and the types taken."""

    max_bytes: int
    mime_types: frozenset[str]


Limits = Mapping[str, Limit]

DEFAULT: Limits = {"image": Limit(10 * MB, _IMAGES), "video": Limit(50 * MB, _VIDEOS), "audio": Limit(10 * MB, _SOUNDS)}
# The widest override any model documents (§3): nano-banana-pro, happyhorse-1-0, wan-2-6.
LIBRARY: Limits = {
    "image": Limit(30 * MB, _IMAGES),
    "video": Limit(95 * MB, _VIDEOS | {"video/x-matroska"}),
    "audio": Limit(10 * MB, _SOUNDS),
}


def check(path: Path, limits: Limits = LIBRARY) -> Facts:
    """Inspect a file that somebody brought. Raises Rejected in words."""
    facts = media.inspect(path, plain=True)
    if words := misfit(facts.kind, facts.mime_type, path.stat().st_size, limits):
        raise Rejected(Reason.TOO_LARGE if facts.mime_type in _NAMES else Reason.UNKNOWN, words)
    return facts


def misfit(kind: str, mime_type: str, size_bytes: int, limits: Limits) -> str:
    """Why such a file is not taken, as a sentence; empty when it is."""
    limit = limits.get(kind)
    if limit is None:
        return f"{_PLURAL.get(kind, kind).capitalize()} are not taken here, only {_listed(map(_plural, limits))}."
    if mime_type not in limit.mime_types:
        named = (_NAMES | _OTHER_NAMES).get(mime_type, mime_type)
        return f"{named} is not taken, only {_listed(_NAMES.get(each, each) for each in sorted(limit.mime_types))}."
    if size_bytes > limit.max_bytes:
        return f"{size_bytes / MB:.1f} MB is more than the {limit.max_bytes // MB} MB that are taken."
    return ""


def limits_of(reference_media: Any) -> Limits:
    """A model's limits from what Rivya lists as its `reference_media` (A6: opaque); gaps take the defaults."""
    told = reference_media if isinstance(reference_media, Mapping) else {}
    kinds = [kind for kind in _sequence(told.get("kinds")) if kind in DEFAULT] or list(DEFAULT)
    own = {limit["kind"]: limit for limit in _sequence(told.get("limits")) if _names_a_kind(limit)}
    return {kind: _merged(DEFAULT[kind], own.get(kind, {})) for kind in kinds}


def _merged(default: Limit, told: Mapping[str, Any]) -> Limit:
    max_bytes, types = told.get("max_bytes"), _sequence(told.get("mime_types"))
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes <= 0:
        max_bytes = default.max_bytes
    elif max_bytes % _MEBIBYTE == 0:
        max_bytes = max_bytes // _MEBIBYTE * MB
    named = frozenset(_SAME_TYPE.get(each, each) for each in types if isinstance(each, str))
    return Limit(max_bytes, named or default.mime_types)


def _names_a_kind(limit: Any) -> bool:
    return isinstance(limit, Mapping) and isinstance(limit.get("kind"), str)


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _plural(kind: str) -> str:
    return _PLURAL.get(kind, kind)


def _listed(words: Any) -> str:
    *others, last = list(words) or ["nothing"]
    return f"{', '.join(others)} and {last}" if others else last

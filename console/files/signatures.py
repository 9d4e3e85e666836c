"""The family of a file by its first bytes, and files that pretend to be two things."""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import puremagic

from console.files.facts import Reason, Rejected

HEAD_BYTES = 4096
EDGE_BYTES = 64 * 1024

# MIME types as puremagic names them -> who decodes them. For recordings the name is FFmpeg's format.
FAMILIES = {
    "image/jpeg": "picture",
    "image/png": "picture",
    "image/webp": "picture",
    "image/gif": "picture",
    "image/avif": "picture",
    "video/mp4": "mov",
    "audio/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "application/x-matroska": "matroska",
    "audio/mpeg": "mp3",
    "audio/wave": "wav",
    "audio/x-wav": "wav",
    "audio/aac": "aac",
    "application/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
}
_TEXT_TYPES = re.compile(r"text/|image/svg|application/(json|xml|xhtml|javascript|vnd\.apple\.mpegurl)|audio/x-mpegurl")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed)[\s>/]|<\?php", re.IGNORECASE
)


class Signature(NamedTuple):
    """`family` is "picture" or the FFmpeg format to decode with."""

    mime_type: str
    family: str


def recognise(path: Path) -> Signature:
    """The family the first bytes stand for. Raises Rejected for empty, text and unknown content."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Rejected(Reason.EMPTY, "The file is empty.")
    candidates = _candidates(head)
    if _is_text(head, candidates):
        raise Rejected(Reason.TEXT, "This is text (a web page, SVG or other markup), not an image, video or sound.")
    for mime_type in candidates:
        if mime_type in FAMILIES:
            return Signature(mime_type, FAMILIES[mime_type])
    if head[4:8] == b"ftyp" and not any(mime_type.startswith("image/") for mime_type in candidates):
        return Signature("video/mp4", "mov")
    raise Rejected(Reason.UNKNOWN, "The content is no image, video or sound that the console knows.")


def is_webm(path: Path) -> bool:
    """Whether a Matroska file says that it keeps to WebM."""
    with path.open("rb") as file:
        return b"webm" in file.read(64)


def refuse_double_meaning(path: Path) -> None:
    """Raise Rejected for a medium that is also a web page, an archive or a PDF: harmless here, not where it may go."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(EDGE_BYTES)
        file.seek(max(0, size_bytes - EDGE_BYTES))
        tail = file.read(EDGE_BYTES)
    other = "a web page" if _MARKUP.search(head) or _MARKUP.search(tail) else ""
    other = other or ("a PDF" if b"%PDF-" in head[:1024] else "")
    other = other or ("an archive" if zipfile.is_zipfile(path) else "")
    if other:
        words = f"The file is a medium and {other} at once. Save it again from an image, video or sound program."
        raise Rejected(Reason.TWO_KINDS, words)


def _candidates(head: bytes) -> list[str]:
    try:
        return [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
    except puremagic.PureError:
        return []


def _is_text(head: bytes, candidates: list[str]) -> bool:
    """By signature, or because nothing in it is a control byte; a surely binary start is never text."""
    if candidates and _TEXT_TYPES.match(candidates[0]):
        return True
    return not _CONTROL_BYTES.search(head) and b"\xff" not in head[:2]

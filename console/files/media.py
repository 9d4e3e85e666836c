"""What a file is, by its bytes: kind, type, size on screen, length. Names and declared types are never asked.

The type comes from the signature; whether it is true is shown by decoding. Text in any dress (HTML, SVG, JSON,
playlists) is refused before a decoder sees it, and a decoder is only ever told the one format the signature stands for.
"""

from pathlib import Path

from console.files import pictures, recordings, signatures
from console.files.facts import Facts, Rejected

__all__ = ["Facts", "Rejected", "inspect", "peaks", "preview"]


def inspect(path: Path, *, plain: bool = False) -> Facts:
    """Read the file wholly and tell what it is.

    `plain` also refuses a file that is two kinds of file at once: right for what people bring, too strict for what they
    have paid for. Raises Rejected with a reason and words for a person.
    """
    signature = signatures.recognise(path)
    if plain:
        signatures.refuse_double_meaning(path)
    return pictures.inspect(path) if signature.family == "picture" else recordings.inspect(path, signature.family)


def preview(path: Path, facts: Facts) -> bytes | None:
    """A WebP of at most 960 px: the picture made smaller, or a frame of the video. None for sound and other things."""
    if facts.kind == "image":
        return pictures.preview(path)
    return recordings.poster(path, signatures.recognise(path).family) if facts.kind == "video" else None


def peaks(path: Path, facts: Facts) -> list[int]:
    """For audio, the loudness of 96 equal slices, 0 to 100, the loudest being 100; nothing for other kinds."""
    return recordings.peaks(path, signatures.recognise(path).family) if facts.kind == "audio" else []

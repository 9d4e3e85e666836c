"""Video and sound, through FFmpeg's libraries (PyAV): demuxed wholly, one frame as a poster, loudness as peaks."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from PIL import Image

from console.files import pictures
from console.files.facts import Facts, Reason, Rejected
from console.files.signatures import is_webm

PEAKS = 96
POSTER_AT_SECONDS = 0.5
LONGEST_SECONDS = 6 * 3600
_PEAK_RATE = 8000
_MOST_POSTER_FRAMES = 120
_BROKEN = (av.FFmpegError, ValueError, EOFError, IndexError, MemoryError, OSError)
_DAMAGED = "The recording is damaged or cut off."
# Formats whose head tells the true length; the others' lengths are guesses.
_HONEST_LENGTH = {"mov", "matroska"}
_AUDIO_TYPES = {
    "mov": "audio/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}


def inspect(path: Path, family: str) -> Facts:
    """Read every packet and decode the beginning. Raises Rejected."""
    with _opened(path, family) as container:
        picture, sound = _streams(container)
        declared = container.duration / av.time_base if container.duration and family in _HONEST_LENGTH else None
        brand = container.metadata.get("major_brand", "")
        width = height = None
        if picture is not None:
            width, height = _size(picture)
        elif sound is None:
            raise Rejected(Reason.BROKEN, "There is neither picture nor sound in this file.")
        _decode_beginning(container, picture or sound)
    seconds = _length(path, family)
    if seconds > LONGEST_SECONDS or (declared and seconds < declared * 0.9) or _riff_is_cut(path, family):
        raise Rejected(Reason.BROKEN, _DAMAGED)
    kind = "video" if picture is not None else "audio"
    return Facts(kind, _mime_type(path, family, kind, brand), width, height, round(seconds, 3) or None)


def poster(path: Path, family: str) -> bytes:
    """A frame near the beginning as a WebP of at most 960 px, upright. Raises Rejected."""
    with _opened(path, family) as container:
        picture, _ = _streams(container)
        chosen = None
        for count, frame in enumerate(container.decode(picture)):
            chosen = frame
            if (frame.time or 0.0) >= POSTER_AT_SECONDS or count >= _MOST_POSTER_FRAMES:
                break
        if chosen is None:
            raise Rejected(Reason.BROKEN, _DAMAGED)
        image: Image.Image = chosen.to_image()
        return pictures.as_preview(image.rotate(chosen.rotation, expand=True) if chosen.rotation else image)


def peaks(path: Path, family: str) -> list[int]:
    """The loudest moment of each of 96 equal slices, 0 to 100 of the loudest of all; empty when nothing decodes."""
    blocks: list[int] = []
    with _opened(path, family) as container:
        _, sound = _streams(container)
        to_mono = av.AudioResampler(format="s16", layout="mono", rate=_PEAK_RATE)
        for frame in container.decode(sound):
            blocks.extend(_loudest(part) for part in to_mono.resample(frame))
    return _folded(blocks)


@contextmanager
def _opened(path: Path, family: str) -> Iterator[InputContainer]:
    """Told the format and given the bytes: FFmpeg may neither guess a playlist nor open anything else."""
    try:
        with (
            path.open("rb") as file,
            av.open(file, "r", format=family, options={"protocol_whitelist": "none"}) as container,
        ):
            yield container
    except _BROKEN:
        raise Rejected(Reason.BROKEN, _DAMAGED) from None


def _streams(container: InputContainer) -> tuple[Any, Any]:
    pictures_in = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    return next(iter(pictures_in), None), next(iter(container.streams.audio), None)


def _size(picture: Any) -> tuple[int, int]:
    width, height = picture.codec_context.width, picture.codec_context.height
    pictures.refuse_too_large(width, height)
    if not width or not height:
        raise Rejected(Reason.BROKEN, _DAMAGED)
    return width, height


def _decode_beginning(container: InputContainer, stream: Any) -> None:
    if next(iter(container.decode(stream)), None) is None:
        raise Rejected(Reason.BROKEN, _DAMAGED)


def _length(path: Path, family: str) -> float:
    """Seconds from the first to the end of the last packet: what is there, not what the head promises."""
    first, last = None, 0.0
    with _opened(path, family) as container:
        for packet in container.demux(*(s for s in _streams(container) if s is not None)):
            if packet.pts is not None and packet.time_base is not None:
                start = float(packet.pts * packet.time_base)
                first = start if first is None else min(first, start)
                last = max(last, start + float((packet.duration or 0) * packet.time_base))
    return max(0.0, last - max(first or 0.0, 0.0))


def _riff_is_cut(path: Path, family: str) -> bool:
    if family != "wav":
        return False
    with path.open("rb") as file:
        promised = int.from_bytes(file.read(8)[4:8], "little")
    return promised not in {0, 0xFFFFFFFF} and promised + 8 > path.stat().st_size + 1


def _mime_type(path: Path, family: str, kind: str, brand: str) -> str:
    if family == "matroska":
        return f"{kind}/webm" if is_webm(path) else f"{kind}/x-matroska"
    if kind == "audio":
        return _AUDIO_TYPES[family]
    if family == "mov":
        return "video/quicktime" if brand.startswith("qt") else "video/mp4"
    return f"video/{family}"


def _loudest(frame: Any) -> int:
    samples = array("h", bytes(frame.planes[0])[: frame.samples * 2])
    return max(max(samples, default=0), -min(samples, default=0))


def _folded(blocks: list[int]) -> list[int]:
    if not blocks:
        return []
    count, loudest = len(blocks), max(blocks) or 1
    edges = [slot * count // PEAKS for slot in range(PEAKS + 1)]
    slices = [blocks[start : max(end, start + 1)] for start, end in pairwise(edges)]
    return [round(100 * min(1.0, max(each) / loudest)) for each in slices]

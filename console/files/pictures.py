"""Pictures, through Pillow: wholly decoded, within a pixel cap, and made small."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from console.files.facts import Facts, Reason, Rejected

# Decoded, a picture takes 3 to 4 bytes a pixel: this is about 300 MB for the time of one inspection.
MOST_PIXELS = 80_000_000
PREVIEW_PIXELS = 960
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_MIME_TYPES = {"MPO": "image/jpeg"}  # a JPEG with further pictures behind the first, as phones make them
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, MemoryError)


def inspect(path: Path) -> Facts:
    """Decode the first picture wholly. Raises Rejected."""
    with _opened(path) as image:
        mime_type = _MIME_TYPES.get(image.format or "") or Image.MIME[image.format or ""]
        if image.format == "PNG":
            _check_sums(path)
        image.load()
        width, height = _as_shown(image)
    return Facts("image", mime_type, width, height)


def preview(path: Path) -> bytes:
    """A WebP of at most 960 px a side, turned upright. Raises Rejected."""
    with _opened(path) as image:
        image.draft("RGB", (PREVIEW_PIXELS * 2, PREVIEW_PIXELS * 2))
        return as_preview(ImageOps.exif_transpose(image))


def as_preview(image: Image.Image) -> bytes:
    """The picture as a small WebP without metadata."""
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS), Image.Resampling.LANCZOS)
    into = io.BytesIO()
    image.save(into, "WEBP", quality=82, method=4)
    return into.getvalue()


def refuse_too_large(width: int, height: int) -> None:
    """Raise Rejected for more pixels than we decode."""
    if width * height > MOST_PIXELS:
        words = (
            f"{width:,} × {height:,} pixels are more than the {MOST_PIXELS // 1_000_000} megapixels the console opens."
        )
        raise Rejected(Reason.TOO_LARGE, words)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The picture with only its head read and its size checked; what goes wrong until the end becomes Rejected."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own cap is lower
            image = Image.open(path, formats=FORMATS)
        with image:
            refuse_too_large(*image.size)
            yield image
    except Image.DecompressionBombError:
        raise Rejected(Reason.TOO_LARGE, "The image has far too many pixels.") from None
    except UnidentifiedImageError:
        raise Rejected(Reason.BROKEN, "The image begins like one but cannot be read.") from None
    except _BROKEN:
        raise Rejected(Reason.BROKEN, "The image is damaged or cut off.") from None


def _check_sums(path: Path) -> None:
    with Image.open(path, formats=["PNG"]) as image:
        image.verify()


def _as_shown(image: Image.Image) -> tuple[int, int]:
    sideways = image.getexif().get(0x0112) in {5, 6, 7, 8}
    return (image.height, image.width) if sideways else image.size

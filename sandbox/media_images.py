"""Pictures: a scene, a reference hung into it, a caption; encoded below 300 kB."""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

from sandbox.media_captions import caption
from sandbox.media_palettes import dice, palette
from sandbox.media_scenes import SCENES
from sandbox.media_shapes import pixels

MOST_BYTES = 300_000


def picture(recipe: dict[str, Any], uploads: Path) -> bytes:
    """Return the encoded picture of a recipe."""
    size = pixels(recipe, recipe["pixels"])
    image = scene(recipe, size)
    for name in recipe["references"][:1]:
        hang(image, uploads / name)
    return encoded(caption(image, recipe), recipe["suffix"])


def scene(recipe: dict[str, Any], size: tuple[int, int]) -> Image.Image:
    """Return the picture without words, drawn at twice the size and shrunk."""
    chance = dice(recipe)
    tones = palette(chance)
    drawn = chance.choice(SCENES)((size[0] * 2, size[1] * 2), chance, tones)
    return drawn.resize(size, Image.Resampling.LANCZOS)


def encoded(image: Image.Image, suffix: str) -> bytes:
    """Return the file; a PNG too rich for 300 kB is brought down to a palette, then made smaller."""
    if suffix == "jpg":
        return _saved(image, "JPEG", quality=86, optimize=True, progressive=True)
    if suffix == "webp":
        return _saved(image, "WEBP", quality=84, method=2)
    data = _saved(image, "PNG", optimize=True)
    if len(data) > MOST_BYTES:
        image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        data = _saved(image, "PNG", optimize=True)
    while len(data) > MOST_BYTES:
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4))
        data = _saved(image, "PNG", optimize=True)
    return data


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def hang(image: Image.Image, path: Path) -> None:
    """Set the uploaded picture into the scene as a framed print with a shadow; pass over what is no picture."""
    wide, high = image.size
    try:
        with Image.open(path) as upload:
            upload.draft("RGB", (wide, high))
            print_ = upload.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return
    print_.thumbnail((round(wide * 0.56), round(high * 0.56)), Image.Resampling.LANCZOS)
    frame = max(4, min(wide, high) // 60)
    framed = Image.new("RGB", (print_.width + 2 * frame, print_.height + 2 * frame), (252, 250, 246))
    framed.paste(print_, (frame, frame))
    left, top = (wide - framed.width) // 2, round((high - framed.height) * 0.42)
    shadow = Image.new("L", image.size)
    ImageDraw.Draw(shadow).rectangle(
        (left, top + frame * 2, left + framed.width, top + framed.height + frame * 2), fill=120
    )
    image.paste((10, 10, 20), (0, 0), shadow.filter(ImageFilter.GaussianBlur(frame * 2)))
    image.paste(framed, (left, top))

"""Films: hills that drift past each other under a moving sun, 2 to 5 seconds, H.264 that plays while it loads."""

from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import av
from PIL import Image, ImageDraw

from sandbox.media_audio import RATE, add_sound, tune
from sandbox.media_captions import caption
from sandbox.media_images import hang
from sandbox.media_palettes import Colour, dice, mixed, palette
from sandbox.media_scenes import glow, ridge, sky
from sandbox.media_shapes import pixels

FRAMES_PER_SECOND = 20
LONGEST_SIDE = 640


def film(recipe: dict[str, Any], uploads: Path) -> bytes:
    """Return the encoded film of a recipe; with a sound track where one was asked for."""
    size = pixels(recipe, max(64, min(LONGEST_SIDE, recipe["pixels"])))
    seconds = length_seconds(recipe["params"])
    with NamedTemporaryFile(suffix=".mp4") as scratch:  # faststart reads the file again: a buffer will not do
        _encode(recipe, Path(scratch.name), size, seconds, uploads)
        return Path(scratch.name).read_bytes()


def _encode(recipe: dict[str, Any], path: Path, size: tuple[int, int], seconds: float, uploads: Path) -> None:
    with av.open(str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}) as target:
        pictures = target.add_stream("libx264", rate=FRAMES_PER_SECOND)
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        pictures.codec_context.thread_count = 1
        pictures.options = {"crf": "26", "preset": "veryfast", "flags": "+bitexact"}
        speaker = (
            _speaker(target)
            if "true" in (recipe["params"].get("sound"), recipe["params"].get("generate_audio"))
            else None
        )
        for number, image in enumerate(_frames(recipe, size, seconds, uploads)):
            frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            target.mux(pictures.encode(frame))
        target.mux(pictures.encode(None))
        if speaker is not None:
            add_sound(target, speaker, tune(recipe, seconds))


def length_seconds(params: dict[str, Any]) -> float:
    """Return 2 to 5 seconds: what was asked for, cut to that."""
    for key in ("duration", "n_frames"):
        try:
            return min(5.0, max(2.0, float(params[key])))
        except (KeyError, TypeError, ValueError):
            continue
    return 4.0


def _speaker(target: Any) -> Any:
    stream = target.add_stream("aac", rate=RATE, options={"flags": "+bitexact"})
    stream.layout, stream.bit_rate = "mono", 64000
    return stream


def _frames(recipe: dict[str, Any], size: tuple[int, int], seconds: float, uploads: Path) -> Any:
    """Yield one picture after the other; the layers are drawn once and only moved."""
    chance = dice(recipe)
    tones = palette(chance)
    back = sky(size, tones[0], mixed(tones[0], tones[5], 0.6))
    layers = [_layer(size, chance, tones, depth / 4) for depth in range(5)]
    count = round(seconds * FRAMES_PER_SECOND)
    plate = _plate(recipe, size)
    for number in range(count):
        share = number / count
        image = _lit(back, size, tones[5], share)
        for depth, layer in enumerate(layers):
            image.paste(layer, (round(-size[0] * 0.5 * share * (0.15 + 0.85 * depth / 4)), 0), layer)
        for name in recipe["references"][:1]:
            hang(image, uploads / name)
        image.paste(plate, (0, size[1] - plate.height), plate)
        ImageDraw.Draw(image).rectangle((0, size[1] - 3, size[0] * (number + 1) / count, size[1]), fill=tones[5])
        yield image


def _layer(size: tuple[int, int], chance: Any, tones: list[Colour], depth: float) -> Image.Image:
    wide = (round(size[0] * 1.5), size[1])
    twice = (wide[0] * 2, wide[1] * 2)
    mask = Image.new("L", twice)
    ImageDraw.Draw(mask).polygon(ridge(twice, chance, 0.5 + 0.38 * depth, 0.04 + 0.03 * depth), fill=255)
    layer = Image.new("RGBA", wide, (*mixed(tones[1 + min(3, int(depth * 3.99))], tones[4], depth * 0.5), 255))
    layer.putalpha(mask.resize(wide, Image.Resampling.LANCZOS))
    return layer


def _lit(back: Image.Image, size: tuple[int, int], light: Colour, share: float) -> Image.Image:
    image, radius = back.copy(), min(size) * 0.1
    x, y = size[0] * (0.2 + 0.5 * share), size[1] * (0.42 - 0.22 * share)
    image.paste(light, (0, 0), glow(size, (x, y), radius * 2.2, 170))
    ImageDraw.Draw(image).ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=mixed(light, (255, 255, 255), 0.5)
    )
    return image


def _plate(recipe: dict[str, Any], size: tuple[int, int]) -> Image.Image:
    """Return the caption strip alone, made once for all frames."""
    written = caption(Image.new("RGB", size), recipe)
    box = caption_box(size)
    plate = written.crop(box).convert("RGBA")
    plate.putalpha(plate.convert("L").point(lambda value: min(255, 150 + value)))
    return plate


def caption_box(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return where the caption's strip lies."""
    large = max(9, min(26, round(size[0] / 40), round(size[1] / 16)))
    return 0, size[1] - round(large * 3.3), size[0], size[1]

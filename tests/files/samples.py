"""Small real media, made on the spot."""

import io
import math
import struct
import wave
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
from PIL import Image


def picture(image_format: str = "PNG", size: tuple[int, int] = (64, 48), seed: int = 0, **options: Any) -> bytes:
    """Seeded stripes: two seeds never give the same bytes."""
    image = Image.new("RGB", size)
    image.putdata(
        [((x * 7 + seed * 31) % 256, (x * y) % 256, seed % 256) for y in range(size[1]) for x in range(size[0])]
    )
    into = io.BytesIO()
    image.save(into, image_format, **options)
    return into.getvalue()


def sound(seconds: float = 1.0, loud_from: float = 0.0, rate: int = 8000) -> bytes:
    """A WAV of a tone that is silent until `loud_from` seconds."""
    into = io.BytesIO()
    frames = [
        int(20000 * math.sin(place / 5)) if place >= loud_from * rate else 0 for place in range(int(seconds * rate))
    ]
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(frames)}h", *frames))
    return into.getvalue()


def video(seconds: int = 1, size: tuple[int, int] = (64, 48), container_format: str = "mp4") -> bytes:
    """An MP4 with its index in front, so that cut bytes still begin like a video; or another container."""
    options = {"movflags": "faststart"} if container_format in {"mp4", "mov"} else {}
    with (
        TemporaryDirectory() as folder,
        av.open(path := f"{folder}/video", "w", format=container_format, options=options) as container,
    ):
        stream = container.add_stream("vp9" if container_format == "webm" else "mpeg4", rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(seconds * 10):
            shade = Image.effect_noise(size, 90).convert("RGB").point(lambda value, by=number: (value + by * 9) % 256)
            container.mux(stream.encode(av.VideoFrame.from_image(shade)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode(None))
        container.close()
        return Path(path).read_bytes()


def written(folder: Path, content: bytes) -> Path:
    """The bytes as a file whose name says nothing."""
    path = folder / "unnamed"
    path.write_bytes(content)
    return path

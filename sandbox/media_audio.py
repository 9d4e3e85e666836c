"""Sounds: a short tune whose key and tempo come from the prompt; MP3 and Ogg by PyAV, WAV by ``wave``."""

import io
import math
import wave
from array import array
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av

from sandbox.media_palettes import dice

RATE = 24000
SCALES = [(0, 2, 4, 7, 9, 12, 14, 16), (0, 3, 5, 7, 10, 12, 15, 17), (0, 2, 3, 7, 9, 12, 14, 15)]
CHORDS = [(0, 5, 3, 4), (0, 3, 4, 0), (5, 3, 0, 4), (0, 2, 3, 4)]


def sound(recipe: dict[str, Any], _: Path) -> bytes:
    """Return the encoded sound of a recipe, mono, a few seconds long."""
    samples = tune(recipe, length_seconds(recipe))
    if recipe["suffix"] == "wav":
        return _wav(samples)
    return _encoded(samples, *{"mp3": ("mp3", "libmp3lame"), "ogg": ("ogg", "libopus")}[recipe["suffix"]])


def length_seconds(recipe: dict[str, Any]) -> float:
    """Return how long the sound is: as asked for up to 8 s, music 7 s, speech by the length of its text."""
    asked = recipe["params"].get("duration_seconds")
    if isinstance(asked, int | float):
        return min(8.0, max(0.5, float(asked)))
    if "voice" in recipe["params"] or "default_voice" in recipe["params"]:
        return min(6.0, 1.5 + len(recipe["prompt"]) / 40)
    return 7.0


def tune(recipe: dict[str, Any], seconds: float) -> "array[int]":
    """Return 16-bit samples: a melody over soft chords, with a fade at both ends."""
    chance = dice(recipe, "sound")
    tempo = recipe["params"].get("soundTempo") or chance.choice((84, 96, 108, 120))
    beat = 60 / min(200, max(60, float(tempo))) / 2
    mix = array("f", bytes(4 * int(RATE * seconds)))
    root, scale, chords = 110 * 2 ** (chance.randint(0, 11) / 12), chance.choice(SCALES), chance.choice(CHORDS)
    for step in range(int(seconds / beat)):
        if step % 8 == 0:
            degree = chords[step // 8 % 4]
            for offset in (0, 2, 4):
                _ring(mix, step * beat, beat * 8, root * 2 ** (scale[(degree + offset) % 8] / 12), 0.13)
        _melody(mix, chance, step * beat, beat, root * 2, scale)
    return _faded(mix)


def _melody(mix: "array[float]", chance: Random, at: float, beat: float, root: float, scale: tuple[int, ...]) -> None:
    if chance.random() < 0.78:
        _ring(mix, at, beat * chance.choice((1, 1, 2, 3)), root * 2 ** (chance.choice(scale) / 12), 0.3)


def _ring(mix: "array[float]", at: float, seconds: float, hertz: float, loud: float) -> None:
    """Add one bell-like note: a sine, its octave, and a decay."""
    start, count = int(at * RATE), int(seconds * RATE)
    turn, decay = 2 * math.pi * hertz / RATE, 3.5 / max(1, count)
    for n in range(max(0, min(count, len(mix) - start))):
        rise = min(1.0, n / 240)
        mix[start + n] += loud * rise * math.exp(-n * decay) * (math.sin(turn * n) + 0.35 * math.sin(2 * turn * n))


def _faded(mix: "array[float]") -> "array[int]":
    edge, end = int(RATE * 0.15), len(mix)
    loudest = max(map(abs, mix), default=0.0) or 1.0
    gain = 27000 / loudest
    return array("h", [int(value * gain * min(1.0, (end - n) / edge)) for n, value in enumerate(mix)])


def _wav(samples: "array[int]") -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(samples.tobytes())
    return buffer.getvalue()


def _encoded(samples: "array[int]", container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container, options={"fflags": "+bitexact"}) as target:
        stream: Any = target.add_stream(codec, rate=RATE, options={"flags": "+bitexact"})
        stream.layout, stream.bit_rate = "mono", 64000
        add_sound(target, stream, samples)
    return buffer.getvalue()


def add_sound(target: Any, stream: Any, samples: "array[int]") -> None:
    """Encode samples into an open container's stream."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    turned = av.AudioResampler(
        format=stream.format, layout="mono", rate=RATE, frame_size=stream.codec_context.frame_size or None
    )
    for piece in [*turned.resample(frame), *turned.resample(None)]:
        target.mux(stream.encode(piece))
    target.mux(stream.encode(None))

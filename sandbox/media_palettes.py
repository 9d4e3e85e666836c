"""Colours that go together, chosen by a hash of prompt, params, seed and index."""

import hashlib
import json
from random import Random
from typing import Any

Colour = tuple[int, int, int]

# From the sky down to the ground, then an accent and a light.
PALETTES: list[list[str]] = [
    ["#f6d5b0", "#eea77c", "#d9705c", "#8c3f56", "#3b2343", "#ffe9b8"],
    ["#dff1ee", "#9ecfd0", "#4f9aa8", "#25607a", "#12304a", "#fff3d6"],
    ["#fbe3df", "#f0b4b6", "#b97fa6", "#6b5490", "#2d2a58", "#fff6ea"],
    ["#f2ecd8", "#cfd3a6", "#8ea66d", "#4c7553", "#213f3b", "#fbd48a"],
    ["#1b1f4b", "#3a2f7d", "#7a3f98", "#d1588e", "#fb9a7a", "#ffe6a7"],
    ["#e9eef6", "#b7c6de", "#7791b8", "#41597f", "#1e2b47", "#f7b267"],
    ["#fff1d0", "#f7c873", "#ea8f3c", "#b8502f", "#5a2326", "#fffaf0"],
    ["#d9f0e3", "#8fd3b6", "#3fa796", "#1d6f72", "#0f3a44", "#ffd7ba"],
    ["#f7e9f3", "#d7b6e4", "#9c86d6", "#5a63b5", "#25316f", "#ffc9d6"],
    ["#0d1b2a", "#1b3a4b", "#2f6f73", "#69a297", "#d8e2c8", "#ffcf6b"],
]


def dice(recipe: dict[str, Any], salt: str = "") -> Random:
    """Return chance that depends on everything that makes a result distinct, and on nothing else."""
    facts = [recipe[name] for name in ("model", "prompt", "params", "seed", "index")]
    text = json.dumps([*facts, salt], sort_keys=True, ensure_ascii=False)
    return Random(hashlib.sha256(text.encode()).digest())


def palette(chance: Random) -> list[Colour]:
    """Return six colours: four or five tones from far to near, and a light."""
    return [colour(one) for one in chance.choice(PALETTES)]


def colour(text: str) -> Colour:
    """Return the three bytes of ``#rrggbb``."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return ``first`` with a ``share`` (0 to 1) of ``second``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue

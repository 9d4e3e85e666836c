"""How many pixels a recipe's picture has: every model says it in its own words (rivya-api.md §17.2)."""

import re
from typing import Any

NAMED = {
    "square": (1, 1), "square_hd": (1, 1), "landscape": (16, 9), "portrait": (9, 16), "auto": (4, 3),
    "adaptive": (16, 9),
}  # fmt: skip
KEYS = ("aspect_ratio", "aspectRatio", "imageSize", "image_size", "size")
GRADES = {"1k": 0.8, "2k": 0.9, "4k": 1.0, "square": 0.75, "480p": 0.75, "512p": 0.8, "720p": 0.9}


def pixels(recipe: dict[str, Any], long_side: int) -> tuple[int, int]:
    """Return width and height, both even, with the right aspect and at most ``long_side``."""
    params = recipe["params"]
    wide, high = next(
        (shape for key in KEYS if (shape := _shape(params.get(key)))), (16, 9) if _is_film(recipe) else (1, 1)
    )
    grade = str(params.get("resolution") or params.get("image_resolution") or params.get("image_size") or "").lower()
    long = long_side * GRADES.get(grade, 1.0)
    scale = long / max(wide, high)
    return max(2, round(wide * scale / 2) * 2), max(2, round(high * scale / 2) * 2)


def _shape(value: Any) -> tuple[int, int] | None:
    word = str(value).lower()
    if word in NAMED:
        return NAMED[word]
    if found := re.fullmatch(r"(\d+):(\d+)", word):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"(portrait|landscape)_(\d+)_(\d+)", word):
        sides = sorted((int(found[2]), int(found[3])), reverse=found[1] == "landscape")
        return sides[0], sides[1]
    return None


def _is_film(recipe: dict[str, Any]) -> bool:
    return recipe["kind"] == "video" or "duration" in recipe["params"] or "n_frames" in recipe["params"]

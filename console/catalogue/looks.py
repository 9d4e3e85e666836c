"""How a parameter is best asked for: shapes as frames, lengths as steps, few choices side by side, many as a list."""

import re

from console.catalogue.parameters import Parameter, Shape
from console.ui.ratios import ratio_class

MOST_SEGMENTS = 5
MOST_STEPS = 16
_RATIO = re.compile(r"(\d{1,3})\s*[:x/]\s*(\d{1,3})", re.I)
_NAMED_RATIO = re.compile(r"(?:portrait|landscape)_(\d{1,2})_(\d{1,2})", re.I)
_NAMED = {"square": (1, 1), "square_hd": (1, 1), "portrait": (9, 16), "landscape": (16, 9)}
_UNBOUND = {"auto", "adaptive", "original"}
_LENGTH = re.compile(r"duration|seconds|frames|length", re.I)


def look_of(parameter: Parameter) -> str:
    """The name of the fragment that draws it: frames, steps, segments, list, number, text, dialogue or json."""
    if parameter.shape is Shape.FLAG:
        return "segments"
    if parameter.shape is not Shape.CHOICE:
        return parameter.shape.value
    values = [option.value for option in parameter.options]
    if _are_shapes(values):
        return "frames"
    if len(values) <= MOST_STEPS and _LENGTH.search(parameter.key) and all(value.isdecimal() for value in values):
        return "steps"
    return "segments" if len(values) <= MOST_SEGMENTS and sum(map(len, values)) <= 48 else "list"


def frame_class(value: str) -> str:
    """The class that gives a little frame the shape that a choice names; empty for a shape left to the model."""
    sides = _sides(value)
    return ratio_class(*sides) if sides else ""


def frame_words(value: str) -> str:
    """A named shape as its sides ("16:9" for landscape_16_9); empty where the choice is its own best name."""
    found = _NAMED_RATIO.fullmatch(value)
    if found:
        sides = _sides(value)
        return f"{sides[0]}:{sides[1]}" if sides else ""
    return {"square": "1:1", "square_hd": "1:1 HD"}.get(value.lower(), value.capitalize() if value.isalpha() else "")


def _are_shapes(values: list[str]) -> bool:
    shapes = sum(_sides(value) is not None for value in values)
    return shapes >= 2 and all(_sides(value) or value.lower() in _UNBOUND for value in values)


def _sides(value: str) -> tuple[int, int] | None:
    named = _NAMED.get(value.lower())
    found = _RATIO.fullmatch(value) or _NAMED_RATIO.fullmatch(value)
    if named or not found:
        return named
    width, height = int(found[1]), int(found[2])
    if _NAMED_RATIO.fullmatch(value):  # portrait_16_9 stands on its short side
        width, height = sorted((width, height), reverse=value.lower().startswith("landscape"))
    return (width, height) if width and height else None

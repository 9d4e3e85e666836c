"""The shape of a medium as a class name: a strict CSP allows no inline style, so rows are laid out by class."""

import math
from typing import Final

RATIOS: Final[dict[str, float]] = {
    "9x21": 9 / 21,
    "9x16": 9 / 16,
    "2x3": 2 / 3,
    "3x4": 3 / 4,
    "4x5": 4 / 5,
    "1x1": 1.0,
    "5x4": 5 / 4,
    "4x3": 4 / 3,
    "3x2": 3 / 2,
    "16x9": 16 / 9,
    "2x1": 2.0,
    "21x9": 21 / 9,
    "3x1": 3.0,
}
"""Width by height; each has a class in `static/css/components/ratios.css`."""


def ratio_class(width: float | None, height: float | None) -> str:
    """The class of the shape nearest to `width` by `height` (any unit); square when either is unknown."""
    if not width or not height or width <= 0 or height <= 0:
        return "ratio-1x1"
    wanted = math.log(width / height)
    return "ratio-" + min(RATIOS, key=lambda name: abs(math.log(RATIOS[name]) - wanted))

"""Contrast of the tokens, day and night: computed from the OKLCH values, so nobody has to look."""

import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static/css/tokens.css").read_text()
COLOUR = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
PAIRS = {
    name: {"day": tuple(map(float, found[:3])), "night": tuple(map(float, found[3:]))}
    for name, *found in re.findall(rf"--([\w-]+): light-dark\({COLOUR}, {COLOUR}\);", TOKENS)
}
PAIRS["on-accent"] = {"day": (1.0, 0.0, 0.0), "night": (1.0, 0.0, 0.0)}
STATES = ("slate", "blue", "green", "red", "amber", "violet", "grey")
AA, AAA, BORDER = 4.5, 7.0, 3.0
GROUNDS = ("ground", "surface", "raised", "sunken")
TEXTS = [
    *[("ink", ground, AAA) for ground in (*GROUNDS, "hover")],
    *[("ink-2", ground, AA) for ground in (*GROUNDS, "hover")],
    *[("ink-3", ground, AA) for ground in ("ground", "surface", "raised")],
    *[("accent-ink", ground, AA) for ground in (*GROUNDS, "accent-soft", "hover")],
    *[(state, f"{state}-soft", AA) for state in STATES],
    *[(state, ground, AA) for state in STATES for ground in ("ground", "surface")],
    *[("on-accent", ground, AA) for ground in ("accent", "accent-press", "red-fill", "red-press")],
    *[("accent", ground, BORDER) for ground in GROUNDS],
]


def luminance(oklch: tuple[float, ...]) -> float:
    lightness, chroma, hue = oklch
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(
        part * min(1.0, max(0.0, value))
        for part, value in zip((0.2126, 0.7152, 0.0722), (red, green, blue), strict=True)
    )


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("time_of_day", ["day", "night"])
@pytest.mark.parametrize(("text", "ground", "least"), TEXTS)
def test_what_is_written_can_be_read(text: str, ground: str, least: float, time_of_day: str) -> None:
    assert contrast(PAIRS[text][time_of_day], PAIRS[ground][time_of_day]) >= least

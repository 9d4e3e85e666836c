"""A sound as a picture: loudness peaks to one SVG path, drawn twice by the player (whole, and played so far)."""

from collections.abc import Sequence

WIDTH, HEIGHT = 800, 96
_THINNEST = 2.0


def bars_path(peaks: Sequence[float], width: int = WIDTH, height: int = HEIGHT) -> str:
    """The path of mirrored bars for `peaks` (each 0 to 1, out of range is clipped); a flat line when there are none."""
    bars = [min(1.0, max(0.0, float(peak))) for peak in peaks] or [0.0] * 80
    step, middle = width / len(bars), height / 2
    moves = []
    for place, peak in enumerate(bars):
        half = max(_THINNEST, peak * height) / 2
        moves.append(f"M{place * step + step / 2:.1f} {middle - half:.1f}V{middle + half:.1f}")
    return "".join(moves)


def bar_width(count: int, width: int = WIDTH) -> float:
    """The stroke that leaves a third of each step empty."""
    return round(width / max(1, count or 80) * 0.62, 2)

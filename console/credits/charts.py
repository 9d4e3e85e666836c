"""A stacked bar chart, measured in percent, so that it is sharp at any size and says the same on paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from console.credits.effects import Figures
from console.credits.usage_periods import By, Span

STACK: Final = {"image": "Image", "video": "Video", "audio": "Audio", "chat": "Chat", "other": "Other"}
_WIDEST, _FILL, _FILL_MANY, _MANY = 6.0, 0.72, 0.86, 60
_MOST_LABELS, _MOST_ON_PHONE, _NARROW_FROM = 12, 4, 20

Sums = Mapping[tuple[date, str], Figures]


@dataclass(frozen=True, slots=True)
class Segment:
    """One kind within a bar; lengths are percent of the plot."""

    kind: str
    credits: int
    y: str
    height: str
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One day, week or month."""

    span: Span
    label: str
    x: str
    width: str
    middle: str
    credits: int
    segments: Sequence[Segment]
    kinds: Mapping[str, int]
    url: str


@dataclass(frozen=True, slots=True)
class Label:
    """What stands below a bar."""

    x: str
    anchor: str
    words: str
    is_for_wide: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`scale` is what the lines mean, the highest first; `kinds` what was charged in all, by kind."""

    bars: Sequence[Bar]
    labels: Sequence[Label]
    scale: Sequence[int]
    kinds: Mapping[str, int]
    by: By

    @property
    def credits(self) -> int:
        return sum(self.kinds.values())

    @property
    def highest(self) -> Bar | None:
        """The bar the eye goes to."""
        return max(self.bars, key=lambda bar: bar.credits) if self.credits else None


def draw(sums: Sums, span: Span, by: By, address: Callable[[Span, str], str]) -> Chart:
    """What was charged, bar by bar. `address(span, kind)` leads to what made a part; kind "" is the whole bar."""
    spans = list(span.bars(by))
    found = _kinds(sums)
    parts = [found.get(by.start(each.first), {}) for each in spans]
    top = nice(max((sum(kinds.values()) for kinds in parts), default=0))
    slot = 100 / len(spans)
    width = min(slot * (_FILL_MANY if len(spans) > _MANY else _FILL), _WIDEST)
    bars = []
    for number, (each, kinds) in enumerate(zip(spans, parts, strict=True)):
        middle, label = (number + 0.5) * slot, label_of(each, by)
        segments = list(_segments(each, label, kinds, top, address))
        bars.append(
            Bar(
                each,
                label,
                _percent(middle - width / 2),
                _percent(width),
                _percent(middle),
                sum(kinds.values()),
                segments,
                kinds,
                address(each, ""),
            )
        )
    totals = {kind: sum(kinds.get(kind, 0) for kinds in parts) for kind in STACK}
    return Chart(bars, _labels(bars, by), (top, top // 2, 0), {kind: sum_ for kind, sum_ in totals.items() if sum_}, by)


def nice(most: int) -> int:
    """A round number not below `most`, whose half is whole; at least 2."""
    size = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if step * size >= most:
                return step * size
        size *= 10


def label_of(span: Span, by: By) -> str:
    """What a bar is called: "12 Nov", "9 to 15 Nov", "Nov 2026"."""
    first, last = span.first, span.last
    if by is By.MONTH:
        return f"{first:%b %Y}"
    if first == last:
        return f"{first.day} {first:%b}"
    return f"{first.day}{'' if first.month == last.month else f' {first:%b}'} to {last.day} {last:%b}"


def _kinds(sums: Sums) -> dict[date, dict[str, int]]:
    """What was charged by the first day of a bar and kind, in the order of the stack."""
    found: dict[date, dict[str, int]] = {}
    for kind in STACK:
        for (start, named), figures in sums.items():
            if figures.charged > 0 and kind == (named if named in STACK else "other"):
                kinds = found.setdefault(start, {})
                kinds[kind] = kinds.get(kind, 0) + figures.charged
    return found


def _segments(
    span: Span, label: str, kinds: Mapping[str, int], top: int, address: Callable[[Span, str], str]
) -> Iterator[Segment]:
    below = 0
    for kind, credits in kinds.items():
        below += credits
        words = f"{label}, {STACK[kind].lower()}: {credits:,} credit{'' if credits == 1 else 's'}"
        height = credits / top * 100
        yield Segment(kind, credits, _percent(100 - below / top * 100), _percent(height), address(span, kind), words)


def _labels(bars: Sequence[Bar], by: By) -> list[Label]:
    every = -(-len(bars) // _MOST_LABELS)
    on_phone = every * -(-len(bars) // (every * _MOST_ON_PHONE))
    return [
        Label(bar.middle, _anchor(number, len(bars)), _short(bar, by), bool(number % on_phone))
        for number, bar in enumerate(bars)
        if number % every == 0
    ]


def _anchor(number: int, count: int) -> str:
    """The outermost words must not leave the drawing."""
    if count < _NARROW_FROM:
        return "middle"
    return "start" if number == 0 else "end" if number == count - 1 else "middle"


def _short(bar: Bar, by: By) -> str:
    return f"{bar.span.first:%b}" if by is By.MONTH else f"{bar.span.first.day} {bar.span.first:%b}"


def _percent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"

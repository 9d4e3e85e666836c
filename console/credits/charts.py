"""A stacked bar chart, measured in percent, so that it is sharp at any size and says the same on paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from console.credits.effects import Figures
from console.credits.usage_periods import By, Span

STACK: Final = {"image": "Image", "video": "Video", "audio": "Audio", "chat": "Chat", "other": "Other"}
_WIDEST, _FILL, _FILL_MANY = 6.0, 0.72, 0.86
_MANY: Final = 60  # bars, each some pixels wide: one leads to what made it as a whole, no longer part by part
_MOST_LABELS, _MOST_ON_PHONE, _NARROW_FROM = 12, 4, 20

Sums = Mapping[tuple[date, str], Figures]


@dataclass(slots=True)  # a year by day has 1,500: frozen ones take three times as long to make
class Segment:
    """One kind within a bar; lengths are percent of the plot. Of many bars no part has an address and words."""

    kind: str
    credits: int
    y: str
    height: str
    url: str = ""
    words: str = ""


@dataclass(slots=True)
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

    @property
    def words(self) -> str:
        """The whole bar in words."""
        parts = ", ".join(f"{STACK[kind].lower()} {credits:,}" for kind, credits in self.kinds.items())
        return f"{self.label}: {_credits(self.credits)}{f' ({parts})' if len(self.kinds) > 1 else ''}"


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
    slot, are_many = 100 / len(spans), len(spans) > _MANY
    width = min(slot * (_FILL_MANY if are_many else _FILL), _WIDEST)
    bars = []
    for number, (each, kinds) in enumerate(zip(spans, parts, strict=True)):
        middle, label = (number + 0.5) * slot, label_of(each, by)
        segments = list(_segments(kinds, top) if are_many else _leading(each, label, kinds, top, address))
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
    for (start, named), figures in sums.items():
        if figures.charged > 0:
            kinds, kind = found.setdefault(start, {}), named if named in STACK else "other"
            kinds[kind] = kinds.get(kind, 0) + figures.charged
    return {start: {kind: kinds[kind] for kind in STACK if kind in kinds} for start, kinds in found.items()}


def _leading(
    span: Span, label: str, kinds: Mapping[str, int], top: int, address: Callable[[Span, str], str]
) -> Iterator[Segment]:
    for part in _segments(kinds, top):
        part.url, part.words = (
            address(span, part.kind),
            f"{label}, {STACK[part.kind].lower()}: {_credits(part.credits)}",
        )
        yield part


def _segments(kinds: Mapping[str, int], top: int) -> Iterator[Segment]:
    below, unit = 0, 100 / top
    for kind, credits in kinds.items():
        below += credits
        yield Segment(kind, credits, _percent(100 - below * unit), _percent(credits * unit))


def _credits(number: int) -> str:
    return f"{number:,} credit{'' if number == 1 else 's'}"


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
    return f"{value:.5g}%"

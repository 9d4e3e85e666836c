"""`{% load charts %}`: a chart's drawing and its rows, written by hand: a year has 1,500 parts."""

from collections.abc import Iterator
from html import escape

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from console.credits.charts import STACK, Bar, Chart, Segment

register = template.Library()


@register.filter
def spaced(number: int) -> str:
    """A number as people read it: "12,480"."""
    return f"{number:,}".replace("-", "−")


@register.simple_tag
def chart_plot(chart: Chart) -> SafeString:
    """The plot with its labels. Everything it says stands in the table behind it too, so tabbing passes it by."""
    return format_html(
        '<svg class="chart-plot" role="group" aria-labelledby="chart-title chart-desc">'
        '<title id="chart-title">Credits charged by {}</title><desc id="chart-desc">{}</desc>'
        '<svg class="chart-area" width="100%" height="222" overflow="visible">{}{}</svg>{}</svg>',
        chart.by,
        _description(chart),
        _LINES,
        mark_safe("".join(map(_bar, chart.bars))),  # noqa: S308 - every part is escaped
        mark_safe("".join(_labels(chart))),  # noqa: S308 - as above
    )


@register.simple_tag
def chart_rows(chart: Chart) -> SafeString:
    """The table behind the chart: a row a bar, the sums below."""
    rows = "".join(_row(bar.label, bar.url, [bar.kinds.get(kind, 0) for kind in chart.kinds]) for bar in chart.bars)
    sums = _row("Together", "", list(chart.kinds.values()))
    return mark_safe(f"<tbody>{rows}</tbody><tfoot>{sums}</tfoot>")  # noqa: S308 - every part is escaped


_LINES = format_html_join(
    "", '<line class="chart-line" x1="0" x2="100%" y1="{0}%" y2="{0}%"></line>', [(at,) for at in (0, 50, 100)]
)


@register.simple_tag
def chart_textures() -> SafeString:
    """What fills the parts: kinds have textures, so that they stay apart in grey and on paper. Once a page."""
    return format_html(
        '<svg class="chart-textures" aria-hidden="true"><defs>{}</defs></svg>',
        format_html_join("", _PATTERN, [(kind, _TEXTURES[kind]) for kind in STACK]),
    )


_PATTERN = (
    '<pattern id="chart-{0}" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="chart-{0}" width="6" height="6"></rect><path class="chart-texture" d="{1}"></path></pattern>'
)
_TEXTURES = {
    "image": "",
    "video": "M-1 1 1-1 M-1 7 7-1 M5 7 7 5",
    "audio": "M1.5 0V6 M4.5 0V6",
    "chat": "M0 3H6",
    "other": "M-1-1 7 7 M-1 7 7-1",
}


def _description(chart: Chart) -> str:
    highest = chart.highest
    if highest is None:
        return "Nothing was charged."
    kinds = ", ".join(f"{STACK[kind].lower()} {credits:,}" for kind, credits in chart.kinds.items())
    return f"{chart.credits:,} in all: {kinds}. Highest: {highest.label} with {highest.credits:,}."


def _bar(bar: Bar) -> str:
    if not bar.segments:
        return ""
    if bar.segments[0].url:
        parts = "".join(_led(part.url, part.words, _rect(bar, part)) for part in bar.segments)
    else:
        parts = _led(bar.url, bar.words, "".join(_rect(bar, part) for part in bar.segments))
    return f'<g class="chart-bar">{parts}</g>'


def _rect(bar: Bar, part: Segment) -> str:
    place = f'x="{bar.x}" y="{part.y}" width="{bar.width}" height="{part.height}"'
    return f'<rect fill="url(#chart-{part.kind})" {place}/>'


def _led(url: str, words: str, drawn: str) -> str:
    return f'<a href="{_safe(url)}" tabindex="-1"><title>{_safe(words)}</title>{drawn}</a>'


def _labels(chart: Chart) -> Iterator[str]:
    for label in chart.labels:
        shown = ' class="chart-label only-wide"' if label.is_for_wide else ' class="chart-label"'
        x = {"start": "0", "end": "100%"}.get(label.anchor, label.x)
        yield f'<text{shown} x="{x}" y="100%" dy="-4" text-anchor="{label.anchor}">{_safe(label.words)}</text>'


def _row(name: str, url: str, amounts: list[int]) -> str:
    named = f'<a href="{_safe(url)}">{_safe(name)}</a>' if url else _safe(name)
    cells = "".join(f'<td class="right">{amount:,}</td>' for amount in [*amounts, sum(amounts)])
    return f'<tr><th scope="row">{named}</th>{cells}</tr>'


def _safe(text: str) -> str:
    return escape(text)  # the standard library's: Django's takes ten times as long

"""`{% load ui %}`: the console's own marks in templates. Each is shown with its HTML in `docs/design.md`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console.ui import ratios, times, waveforms
from console.ui.amounts import credits_in_words
from console.ui.icons import ICONS
from console.ui.navigation import Link
from console.ui.one_line import folded
from console.ui.states import shown

register = template.Library()

_CONTROL_CLASSES = {"select": "select", "selectmultiple": "select", "textarea": "textarea", "checkbox": "checkbox"}
UNKNOWN = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
_CLASSLESS = {"radio", "hidden", "file"}


@register.filter
def one_line(text: object) -> str:
    """What may have been kept with line breaks, in a mail: there it is one line."""
    return folded(str(text))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. Silent beside words; `label` speaks it when it stands alone."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon is called {name!r}: see console/ui/icons.py.")
    classes = f"icon {css}".strip()
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"></use></svg>', classes, spoken, _sprite(), name)


@cache
def _sprite() -> str:
    """The sprite's address: a page with fifty cards names it two hundred times."""
    return static("img/icons.svg")


@register.simple_tag
def pill(state: str, word: str = "") -> SafeString:
    """A state as colour, icon and word; `word` replaces the usual word."""
    look = shown(str(state), word)
    mark = mark_safe('<span class="pill-dot" aria-hidden="true"></span>') if state == "processing" else icon(look.icon)
    return format_html('<span class="pill pill-{} tone-{}">{}{}</span>', state, look.tone, mark, look.word)


@register.simple_tag(name="credits")
def in_credits(amount: int | None) -> SafeString:
    """A number of credits with its word, never the number alone; a dash when it is not known."""
    if amount is None:
        return format_html('<span class="figure muted" title="Not known yet">{} credits</span>', UNKNOWN)
    return format_html('<span class="figure">{}</span>', credits_in_words(amount))


@register.filter
def signed(amount: int | None) -> str:
    """A change of a number of credits: "+12", "−3", "0"."""
    if not amount:
        return UNKNOWN if amount is None else "0"
    return f"{'+' if amount > 0 else MINUS}{abs(amount):,}"


@register.simple_tag
def ago(moment: datetime | None, empty: str = "never") -> SafeString:
    """A moment as people say it; exact, in the zone in force, when pointed at."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', empty)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(),
        times.exact(moment),
        times.relative(moment),
    )


@register.simple_tag
def elapsed(since: datetime | None, until: datetime | None = None) -> SafeString:
    """The time since `since` as a clock that runs on the page, or stands when `until` is known."""
    if since is None:
        return format_html('<span class="figure muted">{}</span>', UNKNOWN)
    seconds = ((until or timezone.now()) - since).total_seconds()
    running = mark_safe(" data-elapsed") if until is None else ""
    return format_html(
        '<time class="figure" datetime="{}"{}>{}</time>', since.isoformat(), running, times.clock(seconds)
    )


@register.filter
def lasting(seconds: float | None) -> str:
    """A length of time in seconds as words: "1 min 20 s"."""
    return UNKNOWN if seconds is None else times.spoken_length(seconds)


@register.filter
def initials(name: str) -> str:
    """The one or two letters that stand for a person."""
    words = [word for word in str(name).split("@")[0].replace(".", " ").replace("_", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


@register.filter
def as_json(value: object) -> str:
    """For a data attribute that a script reads."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def allowed(link: Link, may: Mapping[str, bool] | str | None) -> bool:
    """Whether the person's role may follow this link of the frame (`may` comes from `teams.shell`)."""
    return not link.needs or (isinstance(may, Mapping) and bool(may.get(link.needs)))


@register.simple_tag
def ratio(width: float | None, height: float | None) -> str:
    """The class that gives an element the shape of a medium: "ratio-16x9"."""
    return ratios.ratio_class(width, height)


@register.inclusion_tag("ui/_waveform.html")
def waveform(
    url: str, peaks: Sequence[float] | None = None, seconds: float | None = None, name: str = "sound"
) -> dict[str, Any]:
    """An audio player drawn from `peaks` (0 to 1); without JavaScript it is the browser's own player."""
    bars = list(peaks or [])
    return {
        "url": url,
        "path": waveforms.bars_path(bars),
        "bar": waveforms.bar_width(len(bars)),
        "width": waveforms.WIDTH,
        "height": waveforms.HEIGHT,
        "length": times.clock(seconds) if seconds else "",
        "name": name,
    }


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """A bound field's control in our look, told to be invalid and described by its help and errors."""
    kind = getattr(field.field.widget, "input_type", "") or type(field.field.widget).__name__.lower()
    given: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    if kind not in _CLASSLESS:
        own = str(field.field.widget.attrs.get("class", ""))
        given["class"] = " ".join(filter(None, [_CONTROL_CLASSES.get(kind, "input"), own, str(given.get("class", ""))]))
    if str(field.field.widget.attrs.get("placeholder", "")).lower() == str(field.label).lower():
        given["placeholder"] = False  # allauth's say the label once more
    if field.errors:
        given["aria-invalid"] = "true"
    described = [f"{field.auto_id}_helptext"] * bool(field.help_text) + [f"{field.auto_id}_error"] * bool(field.errors)
    if described:
        given["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=given)

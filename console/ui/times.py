"""Times and lengths as people read them. The page's own clock keeps them fresh (`static/js/relative-time.js`)."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How long ago `moment` (aware) was, or how far off it is: "just now", "4 min ago", "in 2 h", "12 Nov"."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    if abs(seconds) < 45:
        return "just now"
    if abs(seconds) >= 7 * _DAY:
        return calendar_day(moment, now)
    length = _rough(abs(seconds))
    return f"{length} ago" if seconds > 0 else f"in {length}"


def exact(moment: datetime) -> str:
    """The full date and time in the zone in force: "12 Nov 2026, 14:03:22 UTC"."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y, %H:%M:%S %Z}"


def calendar_day(moment: datetime, now: datetime | None = None) -> str:
    """The day alone, with its year when that is not this year's."""
    local = timezone.localtime(moment)
    this_year = timezone.localtime(now or timezone.now()).year
    return date_format(local, "j M" if local.year == this_year else "j M Y")


def spoken_length(seconds: float | timedelta) -> str:
    """A length of time: "0.4 s", "12 s", "1 min 20 s", "2 h 5 min", "3 d 4 h"."""
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    if total < 10:
        return f"{total:.1f}".removesuffix(".0") + " s"
    whole = round(total)
    for size, name, rest_size, rest_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // rest_size
            return f"{whole // size} {name}" + (f" {rest} {rest_name}" if rest else "")
    return f"{whole} s"


def clock(seconds: float) -> str:
    """A running clock: "0:07", "12:40", "1:02:09"."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // _MINUTE, 60)
    return f"{hours}:{minutes:02}:{whole % _MINUTE:02}" if hours else f"{minutes}:{whole % _MINUTE:02}"


def _rough(seconds: float) -> str:
    if seconds < _HOUR:
        return f"{max(1, round(seconds / _MINUTE))} min"
    if seconds < _DAY:
        return f"{round(seconds / _HOUR)} h"
    days = round(seconds / _DAY)
    return "1 day" if days == 1 else f"{days} days"

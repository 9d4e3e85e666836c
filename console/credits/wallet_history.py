"""The history of a balance: points for a drawing, and the same by day for a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.credits import wallet_days
from console.credits.models import WalletSample
from console.keys.models import Account
from console.teams.models import Team

RANGES: Final = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "1 year"}
USUAL: Final = "30"
WIDTH, HEIGHT = 1000, 200
_STEPS: Final = 500  # that a line of a thousand points of the drawing shows


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a wallet in the team's zone: `lowest` and `closing` as read, the rest as reconciled."""

    day: date
    lowest: int
    closing: int
    ours: int
    unexplained: int


@dataclass(frozen=True, slots=True)
class History:
    """A step line in a drawing of WIDTH by HEIGHT, what its upper edge means, and the low-balance level's height."""

    line: str
    area: str
    top: int
    level_y: float | None
    begins: datetime
    ends: datetime
    lowest: int
    highest: int
    days: Sequence[Day]

    @property
    def moment_format(self) -> str:
        """How the drawing's two ends are written: with the hour while they are close."""
        return "j M, H:i" if self.ends - self.begins < timedelta(days=2) else "j M"


def history(account: Account, team: Team, days: int, now: datetime) -> History | None:
    """None without two readings to draw a line between."""
    begins = now - timedelta(days=days)
    points = _points(account, begins, now)
    if len(points) < 2:
        return None
    begins = max(begins, points[0][0])
    by_day = _by_day(account, team, begins, now)
    lowest = min([value for _, value in points] + [day.lowest for day in by_day])
    highest = max(value for _, value in points)
    top = _nice(max(highest, team.low_balance_at))
    line = _line(points, begins, now, top)
    level = HEIGHT - HEIGHT * team.low_balance_at / top if team.low_balance_at else None
    area = f"{line} V{HEIGHT} H0 Z"
    return History(line, area, top, level, begins, now, lowest, highest, by_day)


def _points(account: Account, begins: datetime, now: datetime) -> list[tuple[datetime, int]]:
    """The last reading of every step of the drawing; at its edge the one before, else the very first."""
    ours, step = WalletSample.objects.filter(account=account), (now - begins) / _STEPS
    times = [(begins + step * number, begins + step * (number + 1)) for number in range(_STEPS)]
    last = wallet_days.last_readings(account.pk, times)
    points = [last[place] for place in sorted(last)]
    before = ours.filter(at__lt=begins).order_by("-at").first()
    first = ours.filter(at__gte=begins).order_by("at").first()
    if before:
        points.insert(0, (begins, before.balance))
    elif first and points and first.at != points[0][0]:
        points.insert(0, (first.at, first.balance))
    newest = ours.order_by("-at").first()
    if newest and points:
        points.append((min(newest.still_at, now), newest.balance))
    return points


def _line(points: Sequence[tuple[datetime, int]], begins: datetime, ends: datetime, top: int) -> str:
    span = max((ends - begins).total_seconds(), 1.0)
    placed = [
        (WIDTH * (at - begins).total_seconds() / span, HEIGHT - HEIGHT * max(value, 0) / top) for at, value in points
    ]
    x, y = placed[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in placed[1:]:
        parts.append(f"H{to_x:.1f}")
        if to_y != y:
            parts.append(f"V{to_y:.1f}")
            y = to_y
    return " ".join(parts)


def _by_day(account: Account, team: Team, begins: datetime, ends: datetime) -> list[Day]:
    """Every day with a reading, the latest first."""
    days = _days(begins, ends, ZoneInfo(team.time_zone))
    times = [(since, until) for _day, since, until in days]
    last, lowest = wallet_days.last_readings(account.pk, times), wallet_days.lowest_balances(account.pk, times)
    ours, unexplained = wallet_days.ours(account.pk, times), wallet_days.unexplained(account.pk, times)
    return [
        Day(days[place][0], lowest[place], last[place][1], ours.get(place, 0), unexplained.get(place, 0))
        for place in sorted(lowest.keys() & last.keys(), reverse=True)
    ]


def _days(begins: datetime, ends: datetime, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """The days of the zone between two moments, each from when to before when; the first one begins with the first."""
    found, day, since = [], begins.astimezone(zone).date(), begins
    while since <= ends:
        day, after = day + timedelta(days=1), datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
        found.append((day - timedelta(days=1), since, after))
        since = after
    return found


def _nice(most: int) -> int:
    """The next round number: 1, 2, 2.5, 5 or 10 times a power of ten."""
    power = 10 ** (len(str(max(most, 1))) - 1)
    return next(int(power * step) for step in (1, 2, 2.5, 5, 10) if power * step >= max(most, 1)) or 1

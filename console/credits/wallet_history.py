"""The history of a balance: points for a drawing, and the same by day for a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Sum
from django.db.models.functions import TruncDate, TruncDay, TruncHour

from console.credits.models import WalletInterval, WalletSample
from console.keys.models import Account
from console.teams.models import Team

RANGES: Final = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "1 year"}
USUAL: Final = "30"
WIDTH, HEIGHT = 1000, 200
_RAW_UNTIL: Final = 7
_HOURLY_UNTIL: Final = 30


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
    points = _points(account, begins, days, now)
    if len(points) < 2:
        return None
    begins = max(begins, points[0][0])
    lowest, highest = min(value for _, value in points), max(value for _, value in points)
    top = _nice(max(highest, team.low_balance_at))
    line = _line(points, begins, now, top)
    level = HEIGHT - HEIGHT * team.low_balance_at / top if team.low_balance_at else None
    area = f"{line} V{HEIGHT} H0 Z"
    return History(line, area, top, level, begins, now, lowest, highest, _by_day(account, team, begins))


def _points(account: Account, begins: datetime, days: int, now: datetime) -> list[tuple[datetime, int]]:
    """Every sample of a week; the last of each hour or day of a longer time. The one before stands at the edge."""
    ours = WalletSample.objects.filter(account=account)
    within = ours.filter(at__gt=begins)
    if days > _RAW_UNTIL:
        span = TruncHour("at") if days <= _HOURLY_UNTIL else TruncDay("at")
        last = within.order_by().annotate(span=span).values("span").annotate(last=Max("id")).values("last")
        within = ours.filter(id__in=last)
    points = list(within.order_by("at").values_list("at", "balance"))
    before = ours.filter(at__lte=begins).order_by("-at").first()
    if before:
        points.insert(0, (begins, before.balance))
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


def _by_day(account: Account, team: Team, begins: datetime) -> list[Day]:
    zone = ZoneInfo(team.time_zone)
    sampled = (
        WalletSample.objects.filter(account=account, at__gte=begins)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day")
        .annotate(lowest=Min("balance"), last=Max("id"))
    )
    rows = list(sampled)
    closing = dict(WalletSample.objects.filter(id__in=[row["last"] for row in rows]).values_list("id", "balance"))
    moved = {
        row["day"]: (row["by_us"] or 0, row["other"] or 0)
        for row in WalletInterval.objects.filter(account=account, to_at__gte=begins)
        .order_by()
        .annotate(day=TruncDate("to_at", tzinfo=zone))
        .values("day")
        .annotate(by_us=Sum("explained") + Sum("under_way"), other=Sum("unexplained"))
    }
    return [
        Day(
            row["day"],
            row["lowest"],
            closing[row["last"]],
            *moved.get(row["day"], (0, 0)),
        )
        for row in sorted(rows, key=lambda row: row["day"], reverse=True)
    ]


def _nice(most: int) -> int:
    """The next round number: 1, 2, 2.5, 5 or 10 times a power of ten."""
    power = 10 ** (len(str(max(most, 1))) - 1)
    return next(int(power * step) for step in (1, 2, 2.5, 5, 10) if power * step >= max(most, 1)) or 1

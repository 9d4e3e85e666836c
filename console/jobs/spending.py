"""What the month cost so far, day by day: one small picture for Home."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.credits.statements import span_of_month
from console.credits.usage_periods import By
from console.credits.usage_questions import Question, by_time
from console.credits.usage_reading import read
from console.projects.reach import reach_of
from console.teams.access import TeamRequest, in_team
from console.teams.models import Membership

BAR, GAP, HEIGHT = 6, 2, 48
_THINNEST: Final = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day; sizes are in the drawing's own units."""

    day: date
    credits: int
    x: int
    y: float
    height: float
    is_future: bool


@require_safe
@in_team()
def month(request: TeamRequest) -> HttpResponse:
    """GET `/jobs/spend/`: a late fragment, so that Home does not wait for it."""
    today = timezone.localdate(timezone=ZoneInfo(request.team.time_zone))
    days = charged_by_day(request.membership, today.replace(day=1))
    drawn = bars(days, today)
    context = {
        "bars": drawn,
        "total": sum(days.values()),
        "today": today,
        "width": len(drawn) * (BAR + GAP) - GAP,
        "height": HEIGHT,
    }
    return render(request, "jobs/_spend.html", context)


def charged_by_day(membership: Membership, first: date) -> Mapping[date, int]:
    """Credits charged in the month that begins on `first`, by the day on which the work was asked for."""
    question = Question(membership.team_id, span_of_month(first), projects=reach_of(membership))
    (answer,) = read(by_time(question, By.DAY))
    days: dict[date, int] = {}
    for (day, _kind), figures in answer.items():
        days[day] = days.get(day, 0) + figures.charged
    return days


def bars(days: Mapping[date, int], today: date) -> list[Bar]:
    """One bar a day of the month, the highest as high as the drawing."""
    last = calendar.monthrange(today.year, today.month)[1]
    most = max(days.values(), default=0) or 1
    found = []
    for number in range(1, last + 1):
        day = today.replace(day=number)
        height = max(_THINNEST, days.get(day, 0) / most * HEIGHT)
        x = (number - 1) * (BAR + GAP)
        found.append(Bar(day, days.get(day, 0), x, round(HEIGHT - height, 1), round(height, 1), day > today))
    return found

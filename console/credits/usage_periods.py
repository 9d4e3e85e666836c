"""Which days a page of usage speaks of, what it compares them with, and how it parts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=731)
MOST_DAYS: Final = 366  # bars that one can still tell apart
_SHORT, _MIDDLE = 45, 200


class By(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def start(self, day: date) -> date:
        """The first day of the bar that holds the day; weeks begin on Monday."""
        match self:
            case By.DAY:
                return day
            case By.WEEK:
                return day - timedelta(days=day.weekday())
            case By.MONTH:
                return day.replace(day=1)

    def after(self, start: date) -> date:
        """Where the next bar begins."""
        match self:
            case By.DAY:
                return start + DAY
            case By.WEEK:
                return start + 7 * DAY
            case By.MONTH:
                return month_after(start)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        first, last = self.first, self.last
        if first == last:
            return f"{first.day} {first:%B %Y}"
        if self.is_months and first.year == last.year:
            whole_year = (first.month, last.month) == (1, 12)
            months = f"{first:%B}" if first.month == last.month else f"{first:%B} to {last:%B}"
            return f"{first:%Y}" if whole_year else f"{months} {first:%Y}"
        year = "" if first.year == last.year else f" {first:%Y}"
        return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"

    @property
    def is_months(self) -> bool:
        """Whether it is made of whole months."""
        return self.first.day == 1 and (self.last + DAY).day == 1

    def bars(self, by: By) -> Iterator["Span"]:
        """What each bar stands for; the outer ones are cut to the span."""
        start = by.start(self.first)
        while start <= self.last:
            end = by.after(start)
            yield Span(max(start, self.first), min(end - DAY, self.last))
            start = end

    def parted(self) -> tuple["Span | None", list["Span"]]:
        """The whole months in it, and the days before and after them."""
        first = self.first if self.first.day == 1 else month_after(self.first)
        end = (self.last + DAY).replace(day=1)
        if first >= end:
            return None, [self]
        edges = [Span(self.first, first - DAY), Span(end, self.last)]
        return Span(first, end - DAY), [edge for edge in edges if edge.first <= edge.last]

    def before(self, today: date) -> "Span":
        """The period before: as many months when it is made of months, else as many days.

        Of a period that is not over, only as much is compared as has passed.
        """
        if not self.is_months:
            return Span(self.first - self.days * DAY, self.first - DAY)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        first = months_before(self.first, months)
        if not self.first <= today < self.last:
            return Span(first, self.first - DAY)
        return Span(first, min(first + (today - self.first), self.first - DAY))


EVER: Final = Span(date(1970, 1, 1), date(2200, 1, 1))


class Choice(StrEnum):
    """The periods that have a name."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    DAYS_30 = "30-days"
    DAYS_90 = "90-days"
    THIS_YEAR = "this-year"
    CUSTOM = "custom"


WORDS: Final = {
    Choice.THIS_MONTH: "This month",
    Choice.LAST_MONTH: "Last month",
    Choice.DAYS_30: "Last 30 days",
    Choice.DAYS_90: "Last 90 days",
    Choice.THIS_YEAR: "This year",
    Choice.CUSTOM: "Other days",
}


def span_of(choice: Choice, today: date, since: date | None, until: date | None) -> Span:
    """The days of a choice; `since` and `until` count for CUSTOM alone, in either order, two years at most."""
    month = today.replace(day=1)
    match choice:
        case Choice.THIS_MONTH:
            return Span(month, month_after(month) - DAY)
        case Choice.LAST_MONTH:
            return Span(months_before(month, 1), month - DAY)
        case Choice.DAYS_30:
            return Span(today - 29 * DAY, today)
        case Choice.DAYS_90:
            return Span(today - 89 * DAY, today)
        case Choice.THIS_YEAR:
            return Span(date(today.year, 1, 1), date(today.year, 12, 31))
        case Choice.CUSTOM:
            first, last = sorted((since or until or month, until or since or today))
            last = max(first, min(last, date(today.year, 12, 31)))  # nothing is used in years to come
            return Span(max(first, last - LONGEST), last)


def fitting(span: Span, by: By | None) -> By:
    """The parts that were asked for, unless there were too many to see; else what suits the length."""
    days = span.days
    if by is None:
        return By.DAY if days <= _SHORT else By.WEEK if days <= _MIDDLE else By.MONTH
    if by is By.DAY and days > MOST_DAYS:
        return By.WEEK
    return by


def month_after(day: date) -> date:
    """The first of the month after the one that the day is in."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def months_before(month: date, count: int) -> date:
    """The first of the month that lies so many months before."""
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)

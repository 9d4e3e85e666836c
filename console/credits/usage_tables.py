"""What a page of usage shows: four figures, a chart, and tables of what made them. Every figure leads to its lines."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.urls import reverse

from console.credits.charts import Chart, draw
from console.credits.effects import Figures
from console.credits.usage_filters import Filters, Known
from console.credits.usage_periods import Span
from console.credits.usage_questions import by_side, by_time, total
from console.credits.usage_reading import Answer, read

SIDES: Final = {"project": "Projects", "person": "People", "model": "Models", "key": "Keys"}
_CHAT: Final = "chat"
_SOME: Final = Span(date(2199, 12, 30), date(2199, 12, 31))  # days that are no others


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the four: `before` is the same of the period before."""

    what: str
    label: str
    credits: int
    before: int
    url: str

    @property
    def change(self) -> str:
        """ "+12 %", or nothing where there is nothing to compare with."""
        if not self.before:
            return ""
        percent = round((self.credits - self.before) / self.before * 100)
        return f"{'+' if percent > 0 else '−' if percent < 0 else '±'}{abs(percent):,} %"


@dataclass(frozen=True, slots=True)
class Row:
    """One project, person, model or key; `jobs` and `turns` count what was asked for."""

    name: str
    value: str
    figures: Figures
    jobs: int
    turns: int
    share: int  # of what all rows were charged, in percent
    url: str
    jobs_url: str
    turns_url: str
    lines_url: str


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one side, the dearest first."""

    side: str
    title: str
    rows: Sequence[Row]
    total: Figures

    @property
    def most(self) -> int:
        """What the dearest row was charged; at least 1, since a meter needs a length."""
        return max(1, *(row.figures.charged for row in self.rows)) if self.rows else 1


@dataclass(frozen=True, slots=True)
class Usage:
    """The whole page, as of one moment."""

    figures: Sequence[Figure]
    chart: Chart
    tables: Sequence[Table]
    total: Figures

    @property
    def is_empty(self) -> bool:
        return not self.total.asked


def usage(filters: Filters, known: Known) -> Usage:
    """One statement reads it all."""
    question = filters.question
    sides = [by_side(question, side, with_kind=True) for side in SIDES]
    now, before, times, *told = read(
        total(question), total(question.of(filters.before)), by_time(question, filters.by), *sides
    )
    addresses = Addresses(filters)
    all_of_it = now.get((), Figures())
    tables = [_table(side, answer, addresses, known) for side, answer in zip(SIDES, told, strict=True)]
    chart = draw(times, filters.span, filters.by, addresses.of_bars())
    return Usage(_figures(all_of_it, before.get((), Figures()), addresses), chart, tables, all_of_it)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the figures lead: to the jobs behind them, and where jobs are not all of it, to the ledger's lines."""

    filters: Filters

    def lines(self, span: Span | None = None, /, **narrowed: Any) -> str:
        return f"{_address('credits:usage_ledger')}?{self.filters.query(span, **narrowed)}"

    def usage(self, **narrowed: Any) -> str:
        return f"{_address('credits:usage')}?{self.filters.query(**narrowed)}"

    def jobs(self, span: Span | None = None, /, **narrowed: Any) -> str:
        """The list of jobs knows no environments and no chat: then the lines, which name each job."""
        kind = narrowed.get("kind", self.filters.narrowed.get("kind"))
        if kind == _CHAT or "environment" in self.filters.narrowed:
            return self.lines(span, **narrowed)
        return f"{_address('jobs:index')}?{self.filters.jobs_query(span, **narrowed)}"

    def of_bars(self) -> Callable[[Span, str], str]:
        """The same for each part of each bar: only the days differ, and there are thousands."""

        @cache
        def stem(kind: str) -> str:
            if not kind or kind == "other":
                return self.lines(_SOME, what="charged")
            return self.jobs(_SOME, kind=kind)

        def address(span: Span, kind: str) -> str:
            return stem(kind).replace(str(_SOME.first), str(span.first)).replace(str(_SOME.last), str(span.last))

        return address


@cache
def _address(route: str) -> str:
    return reverse(route)


def _figures(now: Figures, before: Figures, addresses: Addresses) -> list[Figure]:
    figures = (
        ("charged", "Charged", now.charged, before.charged),
        ("held", "Held now", now.held, before.held),
        ("returned", "Returned", now.returned, before.returned),
        ("failed", "Charged for failed work", now.charged_failed, before.charged_failed),
    )
    return [Figure(*each, addresses.lines(what=each[0])) for each in figures]


def _table(side: str, answer: Answer, addresses: Addresses, known: Known) -> Table:
    sums: dict[Any, Figures] = defaultdict(Figures)
    turns: dict[Any, int] = defaultdict(int)
    for (value, kind), figures in answer.items():
        sums[value] += figures
        turns[value] += figures.asked if kind == _CHAT else 0
    whole = sum(sums.values(), Figures())
    rows = [
        _row(side, value, known.name(side, value), figures, turns[value], whole, addresses)
        for value, figures in sums.items()
    ]
    return Table(side, SIDES[side], sorted(rows, key=_dearest), whole)


def _dearest(row: Row) -> tuple[int, int, str]:
    return -row.figures.charged, -row.figures.held, row.name.casefold()


def _row(side: str, value: Any, name: str, figures: Figures, turns: int, whole: Figures, addresses: Addresses) -> Row:
    narrowed: Mapping[str, Any] = {side: value}
    return Row(
        name,
        str(value),
        figures,
        figures.asked - turns,
        turns,
        round(figures.charged / whole.charged * 100) if whole.charged > 0 else 0,
        addresses.usage(**narrowed),
        addresses.jobs(**narrowed),
        addresses.lines(**{**narrowed, "kind": _CHAT}),
        addresses.lines(**{**narrowed, "what": "charged"}),
    )

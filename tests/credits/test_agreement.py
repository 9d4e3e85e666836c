"""Page, CSV, statement, roll-ups and `export_state --json` agree to the credit, also where a clock changes."""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db.models import F, Sum
from django.test import Client

from console.credits import ledger, rolling
from console.credits.models import DayUsage, Entry
from console.jobs.spending import charged_by_day
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_key, make_project

# The zone, the month in which its clock changes, and the moment (UTC) of the change.
CHANGES = [
    ("Europe/Berlin", "2026-10", datetime(2026, 10, 25, 1, tzinfo=UTC)),  # a day of 25 hours
    ("Europe/Berlin", "2026-03", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # a day of 23
    ("Australia/Lord_Howe", "2026-04", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour more
    ("Pacific/Auckland", "2026-09", datetime(2026, 9, 26, 14, tzinfo=UTC)),
]
KINDS = {"z-image": "image", "runway": "video", "suno": "audio", "gpt": "chat"}
FIGURES = ("charged", "held", "returned", "failed")


@pytest.fixture(params=CHANGES, ids=lambda change: f"{change[0]} {change[1]}")
def lived(request: pytest.FixtureRequest, team: Team, alice: User) -> Iterator[tuple[Team, str]]:
    """A team that worked around the change, around midnights, at both ends of the month; half of it is rolled up."""
    zone, month, change = request.param
    Team.objects.filter(pk=team.pk).update(time_zone=zone)
    team.refresh_from_db()
    rng, moved = random.Random(month), timedelta(minutes=40)
    projects = [make_project(team, make_key(team), monthly_budget=5000) for _ in range(3)]
    moments = [change + number * moved for number in range(-40, 40)]
    moments += [change + timedelta(days=days, minutes=minutes) for days in range(-30, 33, 6) for minutes in (0, 29, 31)]
    for number, moment in enumerate(sorted(moments)):
        with time_machine.travel(moment, tick=False):
            live(rng, rng.choice(projects), alice)
        if number == len(moments) // 2:
            rolling.roll_up()
    with time_machine.travel(change + timedelta(days=40), tick=False):
        yield team, month


def live(rng: random.Random, project: Project, person: User) -> None:
    """One subject of some fate, of those that there are."""
    assert project.key
    model = rng.choice(list(KINDS))
    subject = ledger.Subject(uuid4(), "turn" if model == "gpt" else "job", model, KINDS[model])
    held = rng.randint(1, 9)
    ledger.reserve(subject, project=project, key=project.key, person=person, credits=held)
    if rng.random() < 0.6:
        ledger.accept(subject.id, held + rng.randint(-1, 3))
    match rng.randrange(6):
        case 0 | 1:
            ledger.settle(subject.id, rng.randint(0, 9))
        case 2:
            ledger.settle(subject.id, 5, outcome=Entry.Outcome.FAILED)
            ledger.correct(subject.id, rng.choice([-4, 3]), person=person, reason="=agreed with Rivya")
        case 3:
            ledger.settle(subject.id, 4, outcome=Entry.Outcome.FAILED)
        case 4:
            ledger.release(subject.id)


def test_everything_that_speaks_of_a_month_says_the_same(lived: tuple[Team, str], alice: User, browser_of: Any) -> None:
    team, month = lived
    browser: Client = browser_of(alice)
    days = days_of(month)
    page = on_page(browser, days)
    assert min(page.values()) > 0, "the month has something of everything"
    assert page == in_csv(browser, days) == in_statement(browser, month) == in_state(team, month)
    assert (
        sum(charged_by_day(alice.memberships.get(), datetime.fromisoformat(f"{month}-01").date()).values())
        == page["charged"]
    )
    rolling.roll_up()
    assert page == on_page(browser, days) == in_statement(browser, month) == rolled_up(team, month)


def test_every_bar_and_row_is_what_its_lines_add_up_to(lived: tuple[Team, str], alice: User, browser_of: Any) -> None:
    browser, days = browser_of(alice), days_of(lived[1])
    usage = browser.get("/usage/", days).context["usage"]
    lines = in_lines(browser, days)
    for bar in usage.chart.bars:
        assert bar.credits == sum(int(line["charged"]) for line in lines if line["day"] == str(bar.span.first))
    for table in usage.tables:
        assert table.total == usage.total
        assert sum(row.figures.charged for row in table.rows) == usage.chart.credits
    for row in usage.tables[0].rows:
        assert row.figures.charged == sum(int(line["charged"]) for line in lines if line["project"] == row.name)
    for figure in usage.figures:
        behind = lines_of(browser, figure.url)
        assert sum(amount(figure.what, told) for told in behind) == figure.credits, figure.what


def days_of(month: str) -> dict[str, str]:
    first = datetime.fromisoformat(f"{month}-01").date()
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {"since": str(first), "until": str(last), "by": "day"}


def on_page(browser: Client, days: dict[str, str]) -> dict[str, int]:
    usage = browser.get("/usage/", days).context["usage"]
    return {figure.what: figure.credits for figure in usage.figures}


def in_lines(browser: Client, days: dict[str, str]) -> list[dict[str, str]]:
    body = async_to_sync(whole)(browser.get("/usage.csv", days))
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


async def whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])


def in_csv(browser: Client, days: dict[str, str]) -> dict[str, int]:
    lines = in_lines(browser, days)
    failed = {line["id"] for line in lines if line["outcome"] == "failed"}
    sums = {name: sum(int(line[name]) for line in lines) for name in ("charged", "held", "returned")}
    return sums | {"failed": sum(int(line["charged"]) for line in lines if line["id"] in failed)}


def in_statement(browser: Client, month: str) -> dict[str, int]:
    total = browser.get(f"/usage/statements/{month}/").context["statement"].total
    assert total.charged + total.corrected == total.figures.charged
    figures = total.figures
    return named(figures.charged, figures.held, figures.returned, figures.charged_failed)


def in_state(team: Team, month: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("export_state", "--json", stdout=out)
    projects = [each for each in json.loads(out.getvalue())["ledger"] if each["team_id"] == str(team.pk)]
    assert [each["charged"] for each in projects] == [sum_of(each, "charged") for each in projects]
    assert [each["held"] for each in projects] == [sum_of(each, "held") for each in projects]
    months = [each for project in projects for each in project["months"] if each["month"] == month]
    names = ("charged", "held", "returned", "charged_failed")
    return named(*(sum(each[name] for each in months) for name in names))


def sum_of(project: dict[str, Any], name: str) -> int:
    return sum(month[name] for month in project["months"])


def rolled_up(team: Team, month: str) -> dict[str, int]:
    rows = DayUsage.objects.filter(team_id=team.pk, month=f"{month}-01")
    sums = rows.aggregate(
        charged=Sum("charged"),
        held=Sum(F("reserved") - F("ended")),
        returned=Sum("returned"),
        failed=Sum("charged_failed"),
    )
    return named(*(sums[name] for name in FIGURES))


def named(*amounts: int) -> dict[str, int]:
    return dict(zip(FIGURES, amounts, strict=True))


def lines_of(browser: Client, url: str) -> list[Any]:
    """Every line of the ledger's pages from this one on."""
    found: list[Any] = []
    seen: set[int] = set()
    while url:
        answer = browser.get(url)
        found += answer.context["lines"]
        url = answer.context["older_url"]
    seen.update(told.entry.pk for told in found)
    assert len(seen) == len(found)
    return found


def amount(what: str, told: Any) -> int:
    return int({"held": told.entry.credits, "returned": told.line.returned}.get(what, told.line.charged))

"""The pages of usage: what they show, where they lead, and what they make of nonsense."""

import csv
import io
import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from asgiref.sync import async_to_sync, sync_to_async

from console.credits import ledger, rolling
from console.credits.charts import draw, nice
from console.credits.effects import Figures
from console.credits.models import Entry
from console.credits.usage_periods import By, Span
from console.jobs.models import Job
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_job, make_key, make_model, make_project, make_result, make_turn

NOW = "2026-11-26T12:00:00Z"
WHOLE_MONTH = {"since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team, environment="staging")


@pytest.fixture
def project(team: Team, key: Key) -> Project:
    return make_project(team, key, name="Spring")


@pytest.fixture
def worked(project: Project, alice: User, bob: User) -> Project:
    """Two jobs of Alice's, one of Bob's, one turn of Bob's; all charged, on two days of November."""
    image, film = make_model("z-image", base_credits=4), make_model("runway", category="video", base_credits=9)
    with time_machine.travel("2026-11-12T10:00:00Z", tick=False):
        charge(make_job(project, alice, model=image).pk, 4)
        charge(make_job(project, alice, model=film).pk, 7)
    with time_machine.travel("2026-11-20T23:59:59Z", tick=False):
        charge(make_job(project, bob, model=film).pk, 5, failed=True)
        charge(make_turn(project, bob).pk, 2)
    rolling.roll_up()
    return project


def charge(subject: UUID, credits: int, *, failed: bool = False) -> None:
    ledger.settle(subject, credits, outcome=Entry.Outcome.FAILED if failed else Entry.Outcome.DONE)


@pytest.fixture
def browser(worked: Project, alice: User, browser_of: Any) -> Any:
    return browser_of(alice)


def figures(browser: Any, **query: str) -> dict[str, int]:
    with time_machine.travel(NOW, tick=False):
        answer = browser.get("/usage/", query)
    assert answer.status_code == 200
    return {figure.what: figure.credits for figure in answer.context["usage"].figures}


def test_the_four_figures_of_a_month(browser: Any) -> None:
    assert figures(browser) == {"charged": 18, "held": 0, "returned": 4 + 2 + 1, "failed": 5}
    assert figures(browser, period="last-month")["charged"] == 0


@pytest.mark.parametrize(
    ("query", "charged"),
    [
        ({"kind": "video"}, 12),
        ({"kind": "chat"}, 2),
        ({"model": "runway"}, 12),
        ({"environment": "staging"}, 18),
        ({"environment": "production"}, 0),
        ({"since": "2026-11-12", "until": "2026-11-12"}, 11),
        ({"since": "2026-11-12", "until": "2026-11-12", "kind": "video"}, 7),
        ({"model": "never-heard-of"}, 0),
        ({"kind": "smell", "project": "x", "person": "é", "key": "1", "by": "hour", "period": "?", "since": "9"}, 18),
        ({"since": "2026-12-31", "until": "2020-01-01"}, 18),
        ({"model": "\x00"}, 18),
        ({"since": "0001-01-01", "until": "9999-12-31"}, 18),
    ],
)
def test_filters_narrow_and_nonsense_is_left_out(browser: Any, query: dict[str, str], charged: int) -> None:
    assert figures(browser, **query)["charged"] == charged


def test_a_person_is_charged_for_what_they_asked(browser: Any, alice: User, bob: User, key: Key) -> None:
    assert figures(browser, person=str(bob.pk))["charged"] == 7
    lost = Entry.objects.get(outcome="failed")
    ledger.correct(lost.subject, -3, person=alice, reason="Refunded by Rivya")
    assert figures(browser, person=str(bob.pk)) | {"returned": 0} == {
        "charged": 4,
        "held": 0,
        "returned": 0,
        "failed": 2,
    }
    assert figures(browser, person=str(alice.pk), key=str(key.pk))["charged"] == 11


def test_what_failed_work_cost_is_found_for_whoever_asked_for_it_corrections_too(
    browser: Any, alice: User, bob: User
) -> None:
    lost = Entry.objects.get(outcome="failed")
    ledger.correct(lost.subject, -2, person=alice, reason="Refunded in part")
    ledger.correct(
        Entry.objects.filter(kind="settle", credits=7).get().subject, -1, person=bob, reason="It did not fail"
    )
    for person, credits in ((bob, [-2, 5]), (alice, []), (None, [-2, 5])):
        query = WHOLE_MONTH | {"what": "failed", "person": str(person.pk) if person else ""}
        lines = browser.get("/usage/ledger/", query).context["lines"]
        assert [told.entry.credits for told in lines] == credits, person
    with time_machine.travel(NOW, tick=False):
        assert figures(browser)["failed"] == 3
    older = WHOLE_MONTH | {"what": "failed", "after": f"{lost.day}-{lost.pk + 1}"}
    assert [told.entry.credits for told in browser.get("/usage/ledger/", older).context["lines"]] == [5]


def test_a_bar_leads_to_its_jobs_and_to_no_other(browser: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        usage = browser.get("/usage/").context["usage"]
        bars = [bar for bar in usage.chart.bars if bar.credits]
        assert [(bar.label, bar.credits) for bar in bars] == [("12 Nov", 11), ("20 Nov", 7)]
        for segment in [part for bar in bars for part in bar.segments]:
            if segment.kind == "chat":
                assert [told.entry.subject_kind for told in browser.get(segment.url).context["lines"]] == ["turn"] * 2
            else:
                jobs = [card.job.pk for card in browser.get(segment.url).context["cards"]]
                assert Entry.objects.filter(subject__in=jobs).charged() == segment.credits


def test_of_many_bars_each_leads_as_a_whole_to_what_was_charged(browser: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        page = browser.get("/usage/", {"since": "2026-09-01", "until": "2026-11-30", "by": "day"})
        bars = [bar for bar in page.context["usage"].chart.bars if bar.credits]
        assert [(bar.label, bar.credits, len(bar.segments)) for bar in bars] == [("12 Nov", 11, 2), ("20 Nov", 7, 2)]
        for bar in bars:
            lines = [told.entry for told in browser.get(bar.url).context["lines"]]
            assert sum(line.credits for line in lines) == bar.credits
    drawn = page.content.decode().split('<svg class="chart-area"')[1].split("</svg>")[0]
    assert re.findall(r"<title>(.*?)</title>", drawn) == [
        "12 Nov: 11 credits (image 4, video 7)",
        "20 Nov: 7 credits (video 5, chat 2)",
    ]
    assert (drawn.count("<a "), drawn.count("<rect ")) == (2, 4)


def test_a_row_leads_to_its_jobs(browser: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        tables = {table.side: table for table in browser.get("/usage/").context["usage"].tables}
        for row in [row for table in tables.values() for row in table.rows if row.jobs]:
            assert len(browser.get(row.jobs_url).context["cards"]) == row.jobs, row
    assert [(row.name, row.figures.charged, row.jobs, row.turns) for row in tables["person"].rows] == [
        ("Alice", 11, 2, 0),
        ("Bob", 7, 1, 1),
    ]


def test_somebody_who_left_is_still_told_apart(browser: Any, bob: User) -> None:
    bob_id = bob.pk
    Job.objects.filter(created_by=bob).update(created_by=None)
    bob.memberships.all().delete()
    assert figures(browser, person=str(bob_id))["charged"] == 7
    with time_machine.travel(NOW, tick=False):
        assert "Bob" in browser.get("/usage/").content.decode()


def test_a_figure_leads_to_the_lines_that_make_it(browser: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        by_what = {each.what: each for each in browser.get("/usage/").context["usage"].figures}
        lines = browser.get(by_what["failed"].url).context["lines"]
        assert [(told.what, told.amount, told.note) for told in lines] == [
            ("Charged, though it failed", 5, "4 of 9 returned")
        ]


def test_a_release_says_what_it_released_and_a_correction_who_and_why(
    browser: Any, project: Project, alice: User
) -> None:
    with time_machine.travel(NOW, tick=False):
        ledger.release(make_job(project, alice, model=make_model("z-image", base_credits=6)).pk)
        ledger.correct(Entry.objects.get(outcome="failed", kind="settle").subject, -5, person=alice, reason="Refunded")
        lines = browser.get("/usage/ledger/").context["lines"]
    told = {line.entry.kind: (line.what, line.amount, line.note) for line in lines}
    assert told["release"] == ("Released, it failed", 6, "")
    assert told["correct"] == ("Corrected", -5, "Alice: Refunded")


def test_pages_of_the_ledger_follow_each_other(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.credits.usage_views.PAGE_SIZE", 3)
    url, seen = "/usage/ledger/?since=2026-11-01&until=2026-11-30", []
    while url:
        context = browser.get(url).context
        seen += [told.entry.pk for told in context["lines"]]
        url = context["older_url"]
    assert seen == list(Entry.objects.order_by("-day", "-id").values_list("pk", flat=True))
    for odd in ("x", "2026-11-12", "2026-11-12-99999999999999999999", "9999-99-99-1", "-"):
        assert browser.get("/usage/ledger/", {"after": odd, **WHOLE_MONTH}).status_code == 200


def test_the_file_is_safe_and_holds_what_was_there_when_it_was_asked_for(
    browser: Any, project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.credits.usage_exporting.CHUNK", 3)
    ledger.correct(Entry.objects.get(outcome="failed").subject, -5, person=alice, reason="=HYPERLINK(1)")
    answer = browser.get("/usage.csv", WHOLE_MONTH)
    chunks = async_to_sync(whole_while)(answer, lambda: charge(reserve(project, alice), 50))
    lines = list(csv.DictReader(io.StringIO(b"".join(chunks).decode("utf-8-sig"))))
    assert len(lines) == 9
    assert sum(int(line["charged"]) for line in lines) == 13
    corrected = next(line for line in lines if line["what"] == "correct")
    assert (corrected["credits"], corrected["reason"]) == ("-5", "'=HYPERLINK(1)")
    assert (corrected["person"], corrected["corrected_by"]) == ("bob@example.com", "alice@example.com")


async def whole_while(answer: Any, meanwhile: Any) -> list[bytes]:
    """The parts of a file; something happens after the first of them."""
    chunks = []
    async for chunk in answer:
        chunks.append(chunk)
        if len(chunks) == 2:
            await sync_to_async(meanwhile)()
    return chunks


def reserve(project: Project, person: User) -> UUID:
    assert project.key
    subject = ledger.Subject(uuid4(), "job", "z-image", "image")
    with time_machine.travel("2026-11-02T10:00:00Z", tick=False):
        return ledger.reserve(subject, project=project, key=project.key, person=person, credits=60).subject


def test_statements_name_the_months_and_say_what_is_not_settled(browser: Any, project: Project, alice: User) -> None:
    with time_machine.travel("2026-12-02T10:00:00Z", tick=False):
        open_job = make_job(project, alice, model=make_model("z-image", base_credits=3))
        months = browser.get("/usage/statements/").context["months"]
        assert [(month.name, month.figures.charged, month.figures.held) for month in months] == [
            ("2026-12", 0, 3),
            ("2026-11", 18, 0),
        ]
        november = browser.get("/usage/statements/2026-11/")
        assert "Final, unless somebody corrects it" in november.content.decode()
        ledger.settle(open_job.pk, 3)
        assert browser.get("/usage/statements/2026-12/").context["statement"].total.charged == 3
    for odd in ("2026-13", "x", "2026", "0000-01", "2026-11-01", "0001-01", "9999-12"):
        assert browser.get(f"/usage/statements/{odd}/").status_code == 404


def test_a_page_without_usage_says_so(alice: User, browser_of: Any) -> None:
    browser = browser_of(alice)
    assert "Nothing was used in these days" in browser.get("/usage/").content.decode()
    assert browser.get("/usage/ledger/").status_code == 200
    assert "No statements yet" in browser.get("/usage/statements/").content.decode()
    assert "Nothing was used in this month" in browser.get("/usage/statements/2026-11/").content.decode()


def test_a_chart_of_no_credits_and_of_unknown_kinds_is_drawn() -> None:
    days = Span(date(2026, 11, 1), date(2026, 11, 1))
    empty = draw({}, days, By.DAY, lambda *_: "")
    assert (empty.credits, empty.highest, empty.scale) == (0, None, (2, 1, 0))
    odd = draw({(days.first, "hologram"): Figures(charged=3)}, days, By.DAY, lambda *_: "")
    assert odd.kinds == {"other": 3}
    assert [nice(most) for most in (0, 3, 11, 99, 101, 7000)] == [2, 4, 20, 100, 200, 8000]


def test_what_nobody_opened_is_waste_until_somebody_does(
    project: Project, alice: User, bob: User, charlie: User, browser_of: Any
) -> None:
    job = make_job(project, alice, status=Job.Status.SUCCEEDED, final_credits=7)
    result = make_result(job)
    browser = browser_of(bob)
    assert "7 credits" in browser.get("/jobs/unopened/").content.decode()
    assert len(browser.get("/jobs/", {"state": "unopened"}).context["cards"]) == 1
    assert browser_of(charlie).get(f"/jobs/{job.pk}/").status_code == 404
    browser.get(f"/results/{result.pk}/preview/")
    browser.get(f"/jobs/{job.pk}/card/")
    assert Job.objects.get().opened_at is None, "a card in the gallery is not opened"
    browser.get(f"/jobs/{job.pk}/")
    first = Job.objects.get().opened_at
    assert first is not None
    browser_of(alice).get(f"/jobs/{job.pk}/")
    assert Job.objects.get().opened_at == first
    assert "Everything that came out was opened" in browser.get("/jobs/unopened/").content.decode()
    assert browser.get("/jobs/", {"state": "unopened"}).context["cards"] == []


def test_a_job_looked_at_before_it_succeeded_is_not_opened_yet(project: Project, alice: User, browser_of: Any) -> None:
    job = make_job(project, alice)
    browser_of(alice).get(f"/jobs/{job.pk}/")
    Job.objects.update(status=Job.Status.SUCCEEDED)
    assert Job.objects.get().opened_at is None

"""The roll-ups: whatever order lines are counted in, whoever counts them, they equal the ledger."""

import random
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import StringIO
from uuid import UUID, uuid4

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum

from console.credits import ledger, rolling
from console.credits.models import NOBODY, Budget, DayUsage, Entry, Unrolled, UsageSum
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from tests.factories import make_key, make_project


@pytest.fixture
def key(team: Team) -> Key:
    return make_key(team)


@pytest.fixture
def project(team: Team, key: Key) -> Project:
    return make_project(team, key)


def reserved(project: Project, person: User | None, credits: int, model: str = "z-image") -> UUID:
    assert project.key
    subject = ledger.Subject(uuid4(), "job", model, "image")
    return ledger.reserve(subject, project=project, key=project.key, person=person, credits=credits).subject


def live_a_little(project: Project, person: User) -> None:
    """One subject of each fate: 4 open, 6 accepted for more, charged, charged though failed, refunded, corrected."""
    reserved(project, person, 4)
    ledger.accept(reserved(project, person, 4), 6)
    done = reserved(project, person, 10)
    ledger.accept(done, 12)
    ledger.settle(done, 9)
    lost = reserved(project, person, 5)
    ledger.settle(lost, 5, outcome=Entry.Outcome.FAILED)
    ledger.release(reserved(project, None, 7))
    ledger.correct(lost, -2, person=person, reason="Rivya gave some back")
    ledger.settle(reserved(project, person, 3), 8)


def checked(*arguments: str) -> tuple[int, str]:
    """Exit status and words of `manage.py check_usage`."""
    words = StringIO()
    try:
        call_command("check_usage", *arguments, stdout=words)
    except SystemExit as left:
        return int(str(left.code)), words.getvalue()
    return 0, words.getvalue()


def test_a_day_says_what_was_asked_held_charged_and_returned(project: Project, alice: User) -> None:
    live_a_little(project, alice)
    assert rolling.roll_up()
    assert not rolling.roll_up(), "nothing is counted twice"
    of_alice, of_nobody = DayUsage.objects.order_by("-person_id")
    assert (of_alice.person_id, of_nobody.person_id) == (alice.pk, NOBODY)
    assert (of_alice.asked, of_alice.reserved, of_alice.reserved - of_alice.ended) == (5, 4 + 6 + 12 + 5 + 3, 4 + 6)
    assert (of_alice.charged, of_alice.charged_failed, of_alice.returned) == (9 + 3 + 8, 3, 3)
    assert (of_nobody.asked, of_nobody.charged, of_nobody.returned) == (1, 0, 7)
    assert checked()[0] == 0


@pytest.mark.parametrize("seed", range(6))
def test_lines_may_be_counted_in_any_order_and_any_batches(
    project: Project, alice: User, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        live_a_little(project, alice)
    waiting = list(Unrolled.objects.values_list("entry_id", flat=True))
    random.Random(seed).shuffle(waiting)
    monkeypatch.setattr(rolling, "BATCH", 4)
    Unrolled.objects.all().delete()
    for entry in waiting:  # each is rolled up alone, whatever of its subject was rolled up before
        Unrolled.objects.create(entry_id=entry)
        rolling.roll_up()
        assert checked()[0] == 1 or entry == waiting[-1], "the others are neither rolled up nor waiting"
    assert checked() == (0, "1 months of teams checked, 0 rows differ.\n")


def test_sums_by_side_and_month_add_up_to_the_days(project: Project, alice: User) -> None:
    with time_machine.travel("2026-03-31T23:59:00Z", tick=False):
        live_a_little(project, alice)
    with time_machine.travel("2026-04-01T00:01:00Z", tick=False):
        live_a_little(project, alice)
    rolling.roll_up()
    total = DayUsage.objects.aggregate(charged=Sum("charged"))["charged"]
    for grain, side, charged in UsageSum.objects.values_list("grain", "side").annotate(charged=Sum("charged")):
        assert charged == total == 40, (grain, side)
    assert UsageSum.objects.filter(grain="month", side="all").count() == 4


def test_a_database_of_before_gets_the_sums_of_the_whole_team(project: Project, alice: User) -> None:
    live_a_little(project, alice)
    rolling.roll_up()
    UsageSum.objects.filter(side="team").delete()
    assert checked()[0] == 1
    import_module("console.credits.migrations.0033_usage_places").add_the_team(apps, None)
    assert checked()[0] == 0


def test_the_check_names_what_differs_and_repairs_it(project: Project, alice: User) -> None:
    live_a_little(project, alice)
    rolling.roll_up()
    reserved(project, alice, 1)  # one that still waits
    DayUsage.objects.filter(person_id=alice.pk).update(charged=99)
    UsageSum.objects.filter(side="model", grain="month").delete()
    Budget.objects.update(committed=1)
    status, words = checked()
    assert status == 1
    assert "charged 99, not 20" in words
    assert "month model" in words
    assert f"budget of {Budget.objects.get().month} {project.pk}: charged 1, not 31" in words
    assert checked("--repair")[0] == 0
    assert checked()[0] == 0
    rolling.roll_up()
    assert checked()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_many_workers_count_every_line_once_while_it_is_checked_and_repaired(
    project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling, "BATCH", 3)
    for _ in range(12):
        live_a_little(project, alice)

    def work(number: int) -> int:
        try:
            if number == 0:
                return checked("--repair")[0]
            while rolling.roll_up():
                pass
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [0, 0, 0, 0]
    assert not Unrolled.objects.exists()
    assert checked()[0] == 0
    assert DayUsage.objects.aggregate(charged=Sum("charged"))["charged"] == Entry.objects.charged()

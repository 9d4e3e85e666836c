"""What one person may do only so often."""

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from console.engine.models import Ration
from console.engine.rationing import Allowance, forget_full, take
from console.jobs.models import Job
from console.live.seats import seat_of, seats_of
from console.projects.models import Project
from console.teams.limiting import RATIONED
from console.teams.models import Team, User
from console.webhooks import crowding
from console.webhooks.models import Endpoint
from tests.factories import make_key
from tests.house.routes import routes
from tests.webhooks.ringing import make_endpoint


@pytest.mark.django_db
def test_a_ration_is_used_up_and_fills_again_steadily() -> None:
    with time_machine.travel("2026-11-20 10:00", tick=False) as clock:
        assert [take("ask:a", Allowance(3, 60)) for _ in range(5)] == [0, 0, 0, 20, 20]
        assert take("ask:b", Allowance(3, 60)) == 0
        clock.shift(20)
        assert [take("ask:a", Allowance(3, 60)) for _ in range(2)] == [0, 20]
        clock.shift(3600)
        assert [take("ask:a", Allowance(3, 60)) for _ in range(4)] == [0, 0, 0, 20]


@pytest.mark.django_db
def test_several_are_taken_together_or_not_at_all() -> None:
    with time_machine.travel("2026-11-20 10:00", tick=False):
        assert [take("mail:a", Allowance(6, 60), 4) for _ in range(2)] == [0, 20]
        assert take("mail:a", Allowance(6, 60), 2) == 0, "the refusal took none of what was left"
        assert take("mail:a", Allowance(6, 60), 7) == 60, "never there; told when it is full"
        assert take("mail:b", Allowance(6, 60), 7) > 0
        assert take("mail:b", Allowance(6, 60), 6) == 0


@pytest.mark.django_db(transaction=True)
def test_those_who_take_at_once_get_no_more_than_there_is() -> None:
    def one(_: int) -> int:
        try:
            return take("submit:a", Allowance(10, 3600))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(one, range(40)))
    assert waits.count(0) == 10


@pytest.mark.django_db
def test_rations_that_are_full_again_are_forgotten() -> None:
    with time_machine.travel("2026-11-20 10:00", tick=False) as clock:
        take("ask:a", Allowance(3, 60))
        assert forget_full() == 0
        clock.shift(25 * 3600)
        assert forget_full() == 1
    assert not Ration.objects.exists()


def test_every_rationed_address_is_there() -> None:
    assert {name for _, name in RATIONED} - {route.name for route in routes()} == set()


def test_every_export_is_rationed() -> None:
    exports = {route.name for route in routes() if re.search(r"export|bundle", route.name)}
    assert exports - {name for _, name in RATIONED} == set()


@pytest.mark.django_db
def test_a_person_who_exports_too_often_is_told_when_to_come_back(
    browser_of: Any, alice: User, bob: User, settings: Any
) -> None:
    settings.LIMITS_PER_MINUTE = {**settings.LIMITS_PER_MINUTE, "export": 2}
    client: Client = browser_of(alice)
    answers = [client.get("/jobs/export.csv") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert "You exported 2 times within a minute." in answers[2].content.decode()
    assert browser_of(bob).get("/jobs/export.csv").status_code == 200


@pytest.mark.django_db
def test_a_job_too_many_is_not_made_and_the_fragment_leaves_the_form(
    browser_of: Any, alice: User, project: Project, settings: Any
) -> None:
    settings.LIMITS_PER_MINUTE = {**settings.LIMITS_PER_MINUTE, "submit": 1}
    client: Client = browser_of(alice)
    form = {"project": str(project.pk), "form": str(uuid4())}
    assert client.post("/jobs/", form).status_code == 422
    answer = client.post("/jobs/", form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (429, "afterbegin")
    assert b"<html" not in answer.content
    assert not Job.objects.exists()


ASKS_RIVYA = [
    ("GET", "comparison"),
    *(("POST", act) for act in ("rotation", "pause", "resumption", "settings", "test")),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "act"), ASKS_RIVYA)
def test_what_has_rivya_asked_about_an_endpoint_is_rationed(
    browser_of: Any, alice: User, team: Team, settings: Any, method: str, act: str
) -> None:
    settings.LIMITS_PER_MINUTE = {**settings.LIMITS_PER_MINUTE, "webhook": 1}
    endpoint = make_endpoint(make_key(team), state=Endpoint.State.REGISTERING)
    client: Client = browser_of(alice)
    answers = [client.generic(method, f"/webhooks/{endpoint.pk}/{act}/") for _ in range(2)]
    assert answers[0].status_code != 429
    assert answers[1].status_code == 429
    assert "1 times within a minute" in answers[1].content.decode()


def test_one_stream_more_takes_the_place_of_the_oldest(settings: Any) -> None:
    settings.LIMIT_STREAMS = 2
    person, other = uuid4(), uuid4()
    with seat_of(person) as first, seat_of(other) as theirs, seat_of(person) as second:
        with seat_of(person) as third:
            assert (first.is_taken, second.is_taken, third.is_taken, theirs.is_taken) == (True, False, False, False)
            assert seats_of(person) == 2
        assert seats_of(person) == 1
    assert (seats_of(person), seats_of(other)) == (0, 0)


@pytest.mark.django_db
def test_an_endpoint_that_is_called_too_often_is_told_to_come_again(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMIT_WEBHOOKS_PER_SECOND = 5
    door = uuid4().hex
    clock = [0.0]
    monkeypatch.setattr(crowding, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    answers = [client.post(f"/hooks/{door}/", b"{}", "application/json") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [503]
    assert answers[-1].headers["Retry-After"] == "1"
    clock[0] += 0.3
    assert not crowding.is_crowded(door)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/account/login/", "/account/password/reset/", "/account/signup/"])
def test_asking_for_the_head_of_a_page_is_no_try(alice: User, page: str) -> None:
    """Somebody behind the same address signs in all the same."""
    browser = Client()
    assert {browser.head(page).status_code for _ in range(40)} == {200}
    typed = {"login": alice.email, "password": "correct horse battery"}
    assert Client().post("/account/login/", typed).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/account/email/", "/account/password/change/", "/account/reauthenticate/"])
def test_nor_of_the_pages_of_an_account(alice: User, browser_of: Any, page: str) -> None:
    browser = browser_of(alice)
    assert {browser.head(page).status_code for _ in range(15)} == {200}

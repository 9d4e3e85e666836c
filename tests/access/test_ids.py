"""Ids of another team in forms, queries and streams: nothing of it is read, changed, named or counted.

The other team's key is of the same Rivya account, and both have a job of one and the same Rivya id.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from console.teams.access import Act
from tests.access.neighbours import ATTEMPTS, QUERIES, TASK, Attempt, filled, new_id, settle_in, stored
from tests.access.people import MARK, Scene, scene
from tests.access.table import TABLE
from tests.access.test_matrix import FIXED, PARAMETERS, plain, text

pytestmark = pytest.mark.django_db
LISTS = sorted(name for name, one in TABLE.items() if not one.of and isinstance(one.methods.get("GET"), Act))


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), override_settings(RIVYA_BASE_URL="http://127.0.0.1:9"), scene() as made:
        made.own = settle_in(made)
        yield made


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_a_form_reaches_nothing_of_another_team(here: Scene, attempt: Attempt) -> None:
    foreign, absent = (posted(here, attempt, here.ids[kind]) for kind in (attempt.kind, "absent"))
    assert foreign == absent


@pytest.mark.parametrize("name", LISTS)
def test_a_query_finds_nothing_of_another_team(here: Scene, name: str) -> None:
    path = reverse(name, kwargs={each: FIXED[each] for each in PARAMETERS[name]})
    for field, kind in QUERIES.items():
        answers = [here.ask("stranger", "GET", f"{path}?{field}={here.ids[kind]}")]
        answers.append(here.ask("stranger", "GET", f"{path}?{field}={here.ids['absent']}"))
        foreign, absent = ((answer.status_code, same(text(answer))) for answer in answers)
        assert foreign == absent, field
        assert MARK not in foreign[1], field
        assert foreign[0] in {200, 204, 302, 404}, field


def test_rivyas_own_id_finds_the_askers_job_alone(here: Scene) -> None:
    found = text(here.ask("stranger", "GET", f"{reverse('jobs:index')}?q={TASK}"))
    assert here.own["job"] in found
    assert here.ids["job"] not in found
    assert MARK not in found


@pytest.mark.parametrize("seen", ["0", "1", "999999999", "-1", "x", "18446744073709551616", "1-1", "0:0"])
def test_a_stream_cannot_be_rewound_into_another_team(here: Scene, seen: str) -> None:
    live = here.ask("stranger", "GET", f"{reverse('live:stream')}?since={seen}", **{"Last-Event-ID": seen})
    assert live.status_code == 200
    for kind in ("turn", "absent"):
        path = reverse("chat:stream", args=[here.ids[kind]])
        answer = here.ask("stranger", "GET", f"{path}?seen={seen}", **{"Last-Event-ID": seen})
        assert answer.status_code == 404


def posted(here: Scene, attempt: Attempt, named: str) -> tuple[int, str]:
    """The answer; it is also held that no row of the other team changed, and that no new row names it."""
    path = reverse(attempt.name, args=[here.own[attempt.own]] if attempt.own else [])
    form = filled(attempt.form, here.own, new_id()) | {attempt.naming: named}
    with transaction.atomic(), time_machine.travel(here.moment, tick=False):
        before = stored()
        here.browser.cookies.clear()
        here.browser.cookies["console_session"] = here.sessions["stranger"]
        answer = here.browser.post(path, form)
        after = stored()
        transaction.set_rollback(True)
    assert answer.status_code in {200, 302, 400, 404, 409, 422}, text(answer)[:2000]
    for row in before ^ after:
        assert str(here.team.pk) not in row
        assert MARK not in row
        assert named not in row or named == here.ids["absent"]
    assert MARK not in text(answer)
    return answer.status_code, same(text(answer))


def same(words: str) -> str:
    """Without times to the second, which differ between any two answers."""
    return re.sub(r"\d\d:\d\d:\d\d(\.\d+)?", "TIME", plain(words))

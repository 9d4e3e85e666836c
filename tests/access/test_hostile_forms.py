"""Every field of every form that changes something, as it succeeds but for one hostile value: no error of ours.

How a form succeeds is known from tests/audit/calls.py. What a query, a header or another body can do is held in
test_hostile_input.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.access.hostile import FORM, NO_LIMITS, Log, Value, encoded, faults, for_field, has_files, logged, names_read
from tests.audit.calls import BY_THE_LEDGER, CALLS
from tests.audit.test_every_change import prepared, world  # noqa: F401 - the fixture
from tests.audit.world import Call, World

pytestmark = pytest.mark.django_db
FORMS = (*CALLS, *BY_THE_LEDGER)
CHANCES = 12  # random forms to each


@pytest.fixture
def log() -> Iterator[Log]:
    with logged() as kept:
        yield kept


@pytest.mark.parametrize("name", FORMS)
def test_no_field_of_a_form_makes_an_error_of_ours(world: World, log: Log, settings: Any, name: str) -> None:  # noqa: F811
    form = Form(world, settings, name)
    wrong = []
    for at, field in enumerate(sorted(form.fields())):
        for value in for_field(at + len(name)):
            wrong += [f"{field}={value[:60]!r}: {fault}" for fault in faults(form.sent({field: value}), log)]
        twice = form.sent({field: ["x", "\0", "y"]})
        wrong += [f"{field} three times: {fault}" for fault in faults(twice, log)]
        if field in form.base:
            wrong += [f"without {field}: {fault}" for fault in faults(form.sent({field: []}), log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", FORMS)
def test_no_chance_makes_an_error_of_ours(world: World, log: Log, settings: Any, name: str) -> None:  # noqa: F811
    form = Form(world, settings, name)
    fields = sorted(form.fields()) or ["x"]
    some = st.one_of(st.text(), st.binary(), st.integers().map(str), st.floats().map(str), st.dates().map(str))

    @effort(
        max_examples=CHANCES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.dictionaries(st.sampled_from(fields), some, min_size=1))
    def sent(values: dict[str, Value]) -> None:
        assert faults(form.sent(values), log) == []

    sent()


class Form:
    """One form as it succeeds, to be spoiled. What an answer did to the rows is undone."""

    def __init__(self, here: World, settings: Any, name: str) -> None:
        for each, value in NO_LIMITS.items():
            setattr(settings, each, value)
        self.browser = here.browser
        self.browser.raise_request_exception = False
        call = CALLS.get(name) or Call("", BY_THE_LEDGER[name])
        arguments, self.base = prepared(here, call)
        self.path = reverse(name, args=arguments)
        self.cookies = {each: morsel.value for each, morsel in self.browser.cookies.items()}

    def fields(self) -> set[str]:
        with names_read() as read:
            self.sent({})
        return (read | self.base.keys()) - {"csrfmiddlewaretoken"}

    def sent(self, spoiled: dict[str, Any]) -> Any:
        form = self.base | spoiled
        self.browser.cookies.clear()
        for each, value in self.cookies.items():
            self.browser.cookies[each] = value
        with transaction.atomic():
            if has_files(form):
                plain = {each: value for each, value in form.items() if value != []}
                answer = self.browser.post(self.path, plain)
            else:
                answer = self.browser.generic("POST", self.path, encoded(form), FORM)
            transaction.set_rollback(True)
        return answer

"""Every form is posted with every field name of every model besides its own: only what it declares changes."""

import re
from copy import deepcopy
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models, transaction
from django.urls import reverse

from console.teams.models import Membership, Role
from tests.audit.calls import BY_THE_LEDGER, CALLS
from tests.audit.test_every_change import PASSING, prepared, world  # noqa: F401 - the fixture
from tests.audit.world import Call, World
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db
# What a form takes besides the fields that its call in tests/audit/calls.py sends.
DECLARED: dict[str, set[str]] = {
    "keys:new": {"name"},
    "credits:budget": {"may_overrun"},
    "credits:budget_decision": {"answer"},
    "projects:new": {"default_model", "monthly_budget"},
    "projects:invite": {"projects"},
    "webhooks:new": {"scheme", "submission"},
    "failures:ignoring": {"until", "a_day"},
    "failures:save_view": {"query"},
    "files:index": {"model", "place"},
    "notices:mail": {"wants_mail"},
    "jobs:index": {"model", "project", "from", "reference", "prompt", "form", "price"},
    "chat:turns": {"reference"},
    "chat:index": {"reference", "turn", "file", "text"},
}
# Nothing of a form that is sent: sessions begin and end.
SESSIONS = (
    "account_log",
    "admin:logout",
    "account_reset_password",
    "account_set_password",
    "mfa_",
)  # and secrets by chance
BESIDES = (
    "pk",
    "balance",
    "is_admin",
    "admin",
    "owner",
    "credits",
    "permissions",
    "groups",
    "user_permissions",
    "_state",
)
# Made anew each time, by chance or by the clock.
BY_CHANCE = {
    "request_id",
    "last_four",
    "fingerprint",
    "sealed",
    "token_hash",
    "door",
    "password",
    "digest",
    "lease",
    "object_label",
}
# Worked out from other rows (the words of a line of the log, which lines of the ledger are not summed up yet), and by
# the clock (how much of a ration is left).
LEFT_ASIDE = frozenset({"audit.SearchEntry", "credits.Unrolled", "engine.Ration"})
NUMBERED = {"id", "object_id", "event_id", "rivya_id", "event", "position"}
Rows = dict[tuple[str, Any], dict[str, Any]]


@pytest.mark.parametrize("name", [name for name in (*CALLS, *BY_THE_LEDGER) if not name.startswith(SESSIONS)])
def test_a_form_changes_what_it_declares_alone(world: World, name: str) -> None:  # noqa: F811
    call = CALLS.get(name) or Call("", BY_THE_LEDGER[name])
    arguments, form = prepared(world, call)
    path = reverse(name, args=arguments)
    evil = make_team(make_user("eve"), name="Evil team")
    Membership.objects.create(team=evil, user=world.alice, role=Role.OWNER)  # hers as well, so that it could be named
    added = {
        field: value for field, value in evil_values(evil).items() if field not in {*form, *DECLARED.get(name, ())}
    }
    aside = LEFT_ASIDE | call.learns
    plain = effect_of(world, path, form, aside)
    assert plain, "the call changes nothing"
    assert effect_of(world, path, added | form, aside) == plain


def evil_values(team: Any) -> dict[str, Any]:
    """A value for each field name of each model, of its kind."""
    values: dict[str, Any] = dict.fromkeys(BESIDES, "987654")
    person = team.memberships.exclude(user__email="alice@example.com").get().user
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            values[field.name] = values[field.attname] = value_for(field, team, person)
    return values


def value_for(field: Any, team: Any, person: Any) -> str:
    if field.is_relation:
        return str(person.pk if field.related_model is type(person) else team.pk)
    if field.choices:
        return str(field.flatchoices[-1][0])
    kinds: list[tuple[type[models.Field[Any, Any]], str]] = [
        (models.BooleanField, "on"),
        (models.IntegerField, "987654"),
        (models.DateTimeField, "2001-01-01 00:00"),
        (models.DateField, "2001-01-01"),
        (models.UUIDField, str(team.pk)),
        (models.EmailField, "evil@example.com"),
        (models.JSONField, '["evil"]'),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), "evil")


def effect_of(world: World, path: str, form: dict[str, Any], aside: frozenset[str]) -> list[str]:  # noqa: F811
    """What the call did to the rows, as text; undone again."""
    form = {name: rewound(value) for name, value in form.items()}
    cookies = deepcopy(world.browser.cookies)
    with transaction.atomic():
        before = rows()
        answer = world.browser.post(path, form)
        after = rows()
        transaction.set_rollback(True)
    world.browser.cookies = cookies
    assert answer.status_code in {200, 204, 302}, answer.content.decode()[:2000]
    known = {value for row in before.values() for value in row.values() if isinstance(value, UUID)}
    return sorted(
        f"{key[0]}.{column}: {words(column, value, known)}"
        for key in before.keys() | after.keys()
        if key[0] not in aside
        for column, value in differing(before.get(key, {}), after.get(key, {})).items()
    )


def differing(was: dict[str, Any], is_now: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row that are not what they were, as they are now."""
    return {name: is_now.get(name) for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name)}


def rewound(value: Any) -> Any:
    if hasattr(value, "seek"):
        value.seek(0)
    return value


def rows() -> Rows:
    found: Rows = {}
    for model in apps.get_models():
        if model.__name__ not in PASSING and model._meta.managed:
            for row in model._base_manager.values():
                found[model._meta.label, row[model._meta.pk.attname]] = row
    return found


def words(column: str, value: Any, known: set[UUID]) -> str:
    """The value, without what chance and the clock put there."""
    if column in BY_CHANCE or isinstance(value, datetime | date | bytes | memoryview):
        return type(value).__name__
    if isinstance(value, UUID):
        return str(value) if value in known else "new"
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64}", "ID", repr(value))
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "MOMENT", text)
    text = re.sub(r"(evt|whend|file)_\w+|/(hooks|media)/[\w.-]+|'milliseconds': \d+", "ID", text)
    return re.sub(r"\b\d+\b", "NUMBER", text) if column in NUMBERED else text

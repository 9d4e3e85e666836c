"""Every address that changes something is called, and its line is looked for in the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from console.audit.models import AuditEvent, SearchEntry
from console.credits.models import Entry
from console.keys.models import Key
from console.projects.models import Project
from console.teams.models import Team, User
from console.ui.admin import LookOnly
from tests.audit.calls import BY_THE_LEDGER, CALLS, TAKEN_AWAY, WITHOUT
from tests.audit.world import Call, World
from tests.conftest import Sandbox
from tests.house.routes import Route, routes

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ADDRESS = "203.0.113.9"
KNOWN = CALLS.keys() | BY_THE_LEDGER.keys() | WITHOUT.keys()
# Django's own pages of a model, and the frame around them: LookOnly changes nothing, which a test below holds.
OF_ADMIN = ("_add", "_change", "_changelist", "_delete", "_history")
FRAME = {f"admin:{name}" for name in ("index", "app_list", "jsi18n", "autocomplete", "view_on_site", "")}
FRAME |= {"admin:password_change_done"}
# What a change of these tables says is no change of the product: sessions, live events, what was tried.
PASSING = {"Session", "UserSession", "Event", "TokenRecord"}


@pytest.fixture
def world(
    alice: User, bob: User, team: Team, key: Key, project: Project, sandbox: Sandbox, settings: Any
) -> Iterator[World]:
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # where Rivya would ring, and nobody answers
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.OIDC_ISSUER = "https://id.example.com"
    identity = {
        "provider_id": "oidc",
        "name": "Identity",
        "client_id": "c",
        "settings": {"server_url": "https://id.example.com"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [identity]}}
    sandbox.control("PUT", "settings", {"allow_local_webhooks": True})
    yield World(alice, bob, team, key, project, sandbox, Client(REMOTE_ADDR=ADDRESS))
    sandbox.control("PUT", "settings", {"allow_local_webhooks": False})


def prepared(world: World, call: Call) -> tuple[list[Any], dict[str, Any]]:
    if call.signed_in:
        world.browser.force_login(world.alice, BACKEND)
    if call.as_staff:
        User.objects.filter(pk=world.alice.pk).update(is_staff=True, is_superuser=True)
    return call.make(world)


def line_of(answer: Any, call: Call, known: set[Any]) -> AuditEvent:
    assert answer.status_code in {200, 204, 302}, answer.content.decode()[:2000]
    new = AuditEvent.objects.exclude(pk__in=known)
    told = [event.act for event in new]
    assert call.act in told, f"its line is missing; there are {told}"
    return new.get(act=call.act)


@pytest.mark.parametrize("name", CALLS)
def test_a_change_has_its_line(world: World, name: str) -> None:
    call = CALLS[name]
    arguments, form = prepared(world, call)
    known = set(AuditEvent.objects.values_list("pk", flat=True))
    answer = world.browser.post(reverse(name, args=arguments), form)
    line = line_of(answer, call, known)
    knows_who = call.act != "password.reset_asked"
    assert (line.actor_id, line.team_id) == (world.alice.pk if knows_who else None, world.team.pk)
    assert (line.address, line.request_id) == (ADDRESS, answer.headers["X-Request-ID"])
    assert bool(line.before or line.after) == call.has_facts
    assert line.object_kind
    assert SearchEntry.objects.filter(event=line).exists()


@pytest.mark.parametrize("name", TAKEN_AWAY)
def test_data_taken_away_has_its_line(world: World, name: str) -> None:
    call = TAKEN_AWAY[name]
    arguments, _form = prepared(world, call)
    known = set(AuditEvent.objects.values_list("pk", flat=True))
    answer = world.browser.get(reverse(name, args=arguments))
    line = line_of(answer, call, known)
    assert (line.actor_id, line.address) == (world.alice.pk, ADDRESS)
    assert line.request_id == answer.headers["X-Request-ID"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", BY_THE_LEDGER)
def test_work_that_is_asked_for_has_its_line_in_the_ledger(world: World, name: str) -> None:
    world.browser.force_login(world.alice, BACKEND)
    arguments, form = BY_THE_LEDGER[name](world)
    before = set(Entry.objects.values_list("pk", flat=True))
    answer = world.browser.post(reverse(name, args=arguments), form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    line = Entry.objects.exclude(pk__in=before).get(kind=Entry.Kind.RESERVE)
    assert (line.person_id, line.team_id, line.project_id) == (world.alice.pk, world.team.pk, world.project.pk)


@pytest.mark.parametrize("name", [name for name in CALLS if not name.startswith(("account_log", "admin:logout"))])
def test_a_change_whose_line_cannot_be_written_does_not_happen(world: World, name: str) -> None:
    arguments, form = prepared(world, CALLS[name])
    before = stored()
    world.browser.raise_request_exception = False
    with lines_refused():
        answer = world.browser.post(reverse(name, args=arguments), form)
    assert answer.status_code in (500, 503)  # by which error the database refuses
    assert set(changed(before)) - {"engine.Ration"} <= CALLS[name].learns  # a try counts, whatever comes of it


def test_every_address_that_takes_a_post_is_known(alice: User, browser_of: Any) -> None:
    """Put a new one into a table of tests/audit/calls.py: CALLS, or WITHOUT with the reason."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)  # else the admin's door answers for all
    unknown = []
    for route in routes():
        if route.name in KNOWN or route.name in FRAME or is_of_admin(route):
            continue
        if browser_of(alice).post(some_address(route)).status_code != 405:
            unknown.append(route.name)
    assert "\n".join(sorted(unknown)) == ""


def test_what_the_tables_name_is_there() -> None:
    assert (KNOWN | TAKEN_AWAY.keys()) - {route.name for route in routes()} == set()


def test_nothing_can_be_changed_on_an_admin_page(rf: Any, alice: User) -> None:
    request = rf.get("/")
    request.user = alice
    for page in admin.site._registry.values():
        assert isinstance(page, LookOnly), f"{page} has to be LookOnly, or its acts need lines"
        may = page.has_add_permission, page.has_change_permission, page.has_delete_permission
        assert not any(allowed(request) for allowed in may)
        assert not page.actions


def is_of_admin(route: Route) -> bool:
    models = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    return route.name.startswith("admin:") and any(
        route.name == f"admin:{model}{page}" for model in models for page in OF_ADMIN
    )


def some_address(route: Route) -> str:
    known = {"pk": uuid4(), "month": "2026-11", "form": "md", "model_id": "z-image"}
    return reverse(route.name, kwargs={name: known.get(name, "x") for name in route.parameters})


def stored() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    models = [model for model in apps.get_models() if model.__name__ not in PASSING and model._meta.managed]
    return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models}


def changed(before: dict[str, list[Any]]) -> list[str]:
    now = stored()
    return [table for table in before if before[table] != now[table]]


@contextmanager
def lines_refused() -> Iterator[None]:
    """The database takes no line of the log meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent RENAME COLUMN act TO act_away")
        yield
        cursor.execute("ALTER TABLE audit_auditevent RENAME COLUMN act_away TO act")

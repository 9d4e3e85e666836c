"""Who and what every test may ask for: Alice (owner), Bob (member), Charlie (a stranger), and a real sandbox."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.internal.flows import login
from allauth.usersessions.models import UserSession
from asgiref.sync import SyncToAsync
from django.contrib.auth.signals import user_logged_in
from django.db import connection, connections
from django.test import Client

from console.engine import append_only
from console.keys.models import Key
from console.projects.models import Project
from console.teams import last_seen
from console.teams.models import Role, Team, User
from tests.factories import make_key, make_project, make_team, make_user


def _signed_in_as_through_the_page(request: Any, user: User, **_: Any) -> None:
    """A test's `force_login` leaves what the real page would: a fresh proof, and a row in the list of sessions."""
    if login.AUTHENTICATION_METHODS_SESSION_KEY in request.session:
        return  # it was the real page
    login.record_authentication(request, user, "password")
    request.session.save()  # now it has a key
    UserSession.objects.get_or_create(
        session_key=request.session.session_key, defaults={"user": user, "ip": "127.0.0.1", "user_agent": "a test"}
    )
    last_seen.note(request.session.session_key)


user_logged_in.connect(_signed_in_as_through_the_page)
APPEND_ONLY = ("credits_entry", "audit_auditevent", "audit_searchentry")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """PostgreSQL drops no database that somebody is connected to, and a thread that a test began may outlive it."""
    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined] # whose own threads may be about to connect
        with connection._nodb_cursor() as cursor:
            name = connection.settings_dict["NAME"]
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@pytest.fixture(autouse=True)
def connections_of_async_code(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django's synchronous half of an async test runs in a thread that stays, with its connection in hand."""
    yield
    if iscoroutinefunction(request.function):
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def append_only_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Append-only tables are protected in every test; only emptying them after a transactional one lifts that."""
    wanted = {"db", "transactional_db", "_django_db_helper"} & set(request.fixturenames)
    if not wanted:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    _execute(append_only.statements)
    yield
    if not connection.in_atomic_block:
        _execute(append_only.undoing)


def _execute(statements: Callable[[str, str], list[str]]) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in statements(connection.vendor, table):
                cursor.execute(statement)


@pytest.fixture
def team(db: None) -> Team:
    return make_team(name="Alice's team")


@pytest.fixture
def alice(team: Team) -> User:
    return make_user("alice", team, Role.OWNER)


@pytest.fixture
def bob(team: Team) -> User:
    return make_user("bob", team, Role.MEMBER)


@pytest.fixture
def charlie(db: None) -> User:
    user = make_user("charlie")
    make_team(user, name="Charlie's team")
    return user


@pytest.fixture
def browser_of() -> Any:
    """`browser_of(alice)` is a Django client that is signed in as Alice."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@dataclass(frozen=True)
class Sandbox:
    """The fake Rivya, a real process. Each test has an account of its own."""

    url: str
    account: str = ""
    secret: str = ""

    def control(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def state(self) -> Any:
        return self.control("GET", "state")

    def generations(self) -> list[Any]:
        return [item for item in self.state()["generations"] if item["account"] == self.account]


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    data: Path = tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3"
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), "--control"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        ready = process.stdout.readline()
        found = re.search(r"http://\S+", ready)
        assert found, f"the sandbox did not start: {ready!r}"
        here = Sandbox(found.group())
        here.control("PUT", "clock", {"speed": 10})
        yield here
        process.kill()


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """The sandbox with a fresh account of 1,000 credits and a key with all scopes; faults are cleared at the end."""
    account = f"acct-{uuid4().hex[:8]}"
    secret = f"rvya_sk_test_{uuid4().hex}"
    settings.RIVYA_BASE_URL = sandbox_process.url
    settings.RIVYA_MEDIA_HOSTS = frozenset({sandbox_process.url.removeprefix("http://")})
    here = Sandbox(sandbox_process.url, account, secret)
    here.control("POST", "accounts", {"name": account, "credits": 1000})
    here.control("POST", "keys", {"account": account, "key": secret})
    yield here
    here.control("DELETE", "faults")


@pytest.fixture
def key(team: Team, sandbox: Sandbox) -> Key:
    return make_key(team, sandbox.secret)


@pytest.fixture
def project(team: Team, key: Key) -> Project:
    return make_project(team, key)

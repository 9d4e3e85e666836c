"""What may not be seen does not exist: every address with an id, asked by a stranger, by nobody, and by a viewer."""

import re
from dataclasses import dataclass, fields
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from console.audit.recording import record
from console.credits import asking, ledger
from console.credits.models import WalletInterval
from console.failures.models import Bulk, Cause, SavedView
from console.files.models import FileKind, ReferenceFile
from console.jobs.models import Result
from console.notices.models import Notice
from console.notices.telling import tell
from console.support.models import Opening
from console.teams.models import Role, Team, User
from console.webhooks.models import Delivery, Endpoint
from tests.factories import make_invitation, make_job, make_key, make_project, make_turn, make_user
from tests.house.routes import Route, routes

pytestmark = pytest.mark.django_db

# Which object of Alice's team stands in an address. A new address belongs here, or the first test below names it.
OBJECT_OF = {
    **dict.fromkeys(
        (
            "failures:of_job",
            "jobs:show", "jobs:card", "jobs:row", "jobs:face", "jobs:timeline", "jobs:withdrawal", "jobs:check",
            "jobs:resolution", "jobs:reading", "jobs:bundle", "jobs:code", "jobs:latest",
        ),
        "job",
    ),
    **dict.fromkeys(("jobs:result", "jobs:result_download", "jobs:result_preview", "jobs:result_reference"), "result"),
    **dict.fromkeys(("files:content", "files:preview", "files:card", "files:removal", "files:restoration"), "file"),
    **dict.fromkeys(
        ("projects:show", "projects:edit", "projects:archive", "projects:people", "retention:project"), "project"
    ),
    **dict.fromkeys(("credits:project_month", "credits:budget", "credits:budget_asks"), "project"),
    "credits:budget_decision": "ask",
    "notices:show": "notice",
    "credits:correction": "charge",
    **dict.fromkeys(
        (
            "keys:show", "keys:card", "keys:check", "keys:replace", "keys:end_overlap", "keys:retire",
            "jobs:using_key", "projects:using_key", "chat:using_key",
        ),
        "key",
    ),
    **dict.fromkeys(("keys:account", "keys:join", "credits:wallet_account"), "account"),
    **dict.fromkeys(("credits:wallet_interval", "credits:wallet_explanation"), "interval"),
    **dict.fromkeys(
        ("teams:change_role", "teams:transfer", "teams:suspend", "teams:reinstate", "teams:remove",
         "projects:member"), "membership"
    ),
    **dict.fromkeys(("teams:send_again", "teams:revoke"), "invitation"),
    **dict.fromkeys(("chat:show", "chat:turns", "chat:title", "chat:archive", "chat:export"), "conversation"),
    **dict.fromkeys(("chat:turn", "chat:stream", "chat:stop", "chat:retry", "chat:resolution"), "turn"),
    **dict.fromkeys(
        (
            "webhooks:show", "webhooks:standing", "webhooks:settings", "webhooks:deletion", "webhooks:rotation",
            "webhooks:comparison", "webhooks:finish", "webhooks:pause", "webhooks:resumption", "webhooks:test",
        ),
        "endpoint",
    ),
    **dict.fromkeys(("webhooks:delivery", "webhooks:ring"), "delivery"),
    **dict.fromkeys(("teams:switch", "teams:second_step_needed"), "team"),
    "support:end": "opening",
    "audit:show": "line",
    **dict.fromkeys(
        (
            "failures:show", "failures:notes", "failures:assignment", "failures:resolution", "failures:ignoring",
            "failures:reopening", "failures:retries",
        ),
        "cause",
    ),
    **dict.fromkeys(
        ("failures:retry", "failures:retry_progress", "failures:start_retry", "failures:stop_retry"), "bulk"
    ),
    "failures:remove_view": "saved_view",
}  # fmt: skip
# Addresses whose id is of no team: Rivya's models are the same for everybody, a month
# is everybody's, the others are links from a mail.
NOBODYS = {
    "catalogue:show",
    "credits:statement",
    "webhooks:door",
    "projects:follow",
    "account_confirm_email",
    "account_reset_password_from_key",
    # a person's own, whatever the team (tests/teams/test_sessions.py and test_account_page.py ask as a stranger)
    "account_end_session",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    # the name of the identity server
    "openid_connect_login",
    "openid_connect_callback",
}
# Ids that come as ?name=… instead: (address, name, object).
QUERIES = [
    ("jobs:index", "project", "project"),
    ("jobs:export", "project", "project"),
    ("jobs:new", "project", "project"),
    ("jobs:new", "from", "job"),
    ("jobs:quote", "project", "project"),
    ("files:index", "project", "project"),
    ("files:picker", "project", "project"),
    ("credits:usage", "project", "project"),
    ("credits:usage", "key", "key"),
    ("credits:usage_ledger", "project", "project"),
    ("credits:usage_export", "project", "project"),
    ("jobs:index", "key", "key"),
    ("jobs:unopened", "project", "project"),
    ("chat:index", "project", "project"),
    ("chat:new", "project", "project"),
    ("failures:index", "project", "project"),
]
# Ids in forms: (address, name, object).
FORMS = [
    ("jobs:index", "project", "project"),
    ("jobs:index", "from", "job"),
    ("jobs:new", "project", "project"),
    ("files:index", "project", "project"),
]
# What a viewer may POST: look at another of their teams, have the public list of models read again, read their notices.
VIEWER_MAY = {"jobs:start_dismissal", "teams:switch", "catalogue:refresh", "notices:reading", "notices:mail"}
OPEN = {"healthz", "readyz", "metrics", "live:stream", "webhooks:door", "projects:join", "projects:follow"}
A_PERSONS_OWN = ("account", "mfa_", "openid_connect", "socialaccount", "usersessions")
ADDRESSES = [route for route in routes() if not route.name.startswith(("admin:", *A_PERSONS_OWN))]
WITH_ID = [route for route in ADDRESSES if route.parameters and route.name not in NOBODYS]


@dataclass
class Owned:
    """One of everything in Alice's team: ids by kind."""

    job: str
    result: str
    file: str
    project: str
    key: str
    account: str
    membership: str
    team: str
    conversation: str
    turn: str
    ask: str
    charge: str
    notice: str
    interval: str
    opening: str
    endpoint: str
    delivery: str
    line: str
    cause: str
    bulk: str
    saved_view: str
    invitation: str


@pytest.fixture
def owned(team: Team, alice: User, settings: Any) -> Owned:
    settings.RIVYA_BASE_URL = "http://127.0.0.1:9"
    key = make_key(team)
    project = make_project(team, key)
    job = make_job(project, alice)
    result = Result.objects.create(job=job, index=0, state=Result.State.COLLECTED, content="a", preview="b")
    file = ReferenceFile.objects.create(
        team=team, project=project, kind=FileKind.IMAGE, name="mug.png", mime_type="image/png", size_bytes=1,
        sha256="0" * 64, content="a", preview="b",
    )  # fmt: skip
    turn = make_turn(project, alice)
    ask = asking.ask(project, 5, "For the launch", by=alice)
    charged = make_job(project, alice)
    ledger.settle(charged.pk, 1)
    made = (job, result, file, project, key, key.account, alice.memberships.get(), team, turn.conversation, turn)
    tell([alice], team=team, kind="budget", key="budget-80", title="Spring has used 80 %")
    interval = WalletInterval.objects.create(
        account=key.account, from_at=job.created_at, to_at=turn.created_at, before=9, after=7, unexplained=-2,
        is_final=True,
    )  # fmt: skip
    opening = Opening.objects.create(team=team, staff=alice, reason="A ticket")
    endpoint = Endpoint.objects.create(team=team, account=key.account, key=key, name="Production")
    delivery = Delivery.objects.create(team=team, endpoint=endpoint, verdict="accepted", task_id="task_1")
    line = record("team.changed", team, team_id=team.pk, actor=alice)
    cause = Cause.objects.create(team=team, code="x", model="z-image", count=1, last_seen_at=job.created_at)
    bulk = Bulk.objects.create(cause=cause, person=alice)
    view = SavedView.objects.create(team=team, name="Mine")
    told = Notice.objects.get(kind="budget")
    rooms = (opening, endpoint, delivery, line, cause, bulk, view, make_invitation(team, by=alice))
    ids = [str(each.pk) for each in (*made, ask, charged, told, interval, *rooms)]
    return Owned(*ids)


def test_every_address_with_an_id_is_known_here() -> None:
    assert sorted(route.name for route in WITH_ID if route.name not in OBJECT_OF) == []
    assert sorted(OBJECT_OF.keys() - {route.name for route in WITH_ID}) == [], "addresses that are gone"
    assert set(OBJECT_OF.values()) == {field.name for field in fields(Owned)}


@pytest.mark.parametrize("route", WITH_ID, ids=lambda route: route.name)
def test_a_stranger_cannot_tell_what_is_there_from_what_is_not(
    browser_of: Any, charlie: User, owned: Owned, route: Route
) -> None:
    client: Client = browser_of(charlie)
    answers = []
    for pk in (getattr(owned, OBJECT_OF[route.name]), str(uuid4())):
        path = reverse(route.name, args=arguments(route, pk))
        answers.append([told(client.get(path)), told(client.post(path, {"role": Role.OWNER}))])
    theirs, absent = answers
    assert theirs == absent
    assert {status for status, _ in theirs} <= {404, 405}
    assert 404 in {status for status, _ in theirs}


@pytest.mark.parametrize(("name", "parameter", "kind"), QUERIES)
def test_a_strangers_query_finds_nothing_of_ours(
    browser_of: Any, charlie: User, owned: Owned, name: str, parameter: str, kind: str
) -> None:
    client: Client = browser_of(charlie)
    found = [told(client.get(reverse(name), {parameter: pk})) for pk in (getattr(owned, kind), str(uuid4()))]
    assert found[0] == found[1]
    assert found[0][0] in {200, 204, 302, 404}


@pytest.mark.parametrize(("name", "parameter", "kind"), FORMS)
def test_a_strangers_form_reaches_nothing_of_ours(
    browser_of: Any, charlie: User, owned: Owned, name: str, parameter: str, kind: str
) -> None:
    client: Client = browser_of(charlie)
    found = [told(client.post(reverse(name), {parameter: pk})) for pk in (getattr(owned, kind), str(uuid4()))]
    assert found[0] == found[1]
    assert found[0][0] == 404


@pytest.mark.parametrize("route", [one for one in ADDRESSES if one.name not in OPEN], ids=lambda route: route.name)
def test_nobody_gets_further_than_the_door(client: Client, owned: Owned, route: Route) -> None:
    path = address(route, owned)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "route", [one for one in ADDRESSES if one.name not in {"webhooks:door", "projects:join"}], ids=lambda one: one.name
)
def test_a_viewer_changes_nothing(browser_of: Any, team: Team, owned: Owned, route: Route) -> None:
    client: Client = browser_of(make_user("vera", team, Role.VIEWER))
    answer = client.post(address(route, owned), {"project": owned.project, "role": Role.OWNER})
    assert answer.status_code == 302 if route.name in VIEWER_MAY else answer.status_code in {403, 405}


@pytest.mark.parametrize("route", [one for one in routes() if one.name.startswith("admin:")], ids=lambda one: one.name)
def test_the_admin_site_is_for_staff(browser_of: Any, alice: User, owned: Owned, route: Route) -> None:
    if route.name in {"admin:login", "admin:logout", "admin:", "admin:view_on_site"}:
        return  # the door itself; and addresses that only redirect to one of the others
    label = {"app_label": "jobs"} if "app_label" in route.parameters else {}
    path = reverse(route.name, kwargs=dict.fromkeys(route.parameters, owned.job) | label)
    answer = browser_of(alice).get(path)
    assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, reverse("admin:login"))


def address(route: Route, owned: Owned) -> str:
    """The address of Alice's own object."""
    if not route.parameters:
        return reverse(route.name)
    kind = OBJECT_OF.get(route.name)
    return reverse(route.name, args=arguments(route, getattr(owned, kind) if kind else "z-image"))


def arguments(route: Route, pk: str) -> list[str]:
    """What stands in the address: the id, and for an export its form."""
    return [pk, *("md" for name in route.parameters if name == "form")]


def told(answer: Any) -> tuple[int, str]:
    """Status and words, without what differs between any two answers."""
    body = async_to_sync(whole)(answer) if answer.streaming else answer.content
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", "ID", body.decode())
    text = re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", text)
    return answer.status_code, text


async def whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])

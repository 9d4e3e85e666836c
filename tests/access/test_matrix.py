"""Every address, every method, everybody: what they get is what `access.MAY` and the table beside this say.

Foreign and absent are indistinguishable: status, body and headers.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import override_settings
from django.urls import reverse

from console.teams.access import ACROSS_PROJECTS, MAY, Act
from tests.access.people import MARK, NOBODY, OWN_TEAM, ROLES, TEAMLESS, WHO, Scene, scene
from tests.access.table import (
    ADMIN_DOORS,
    ANYBODY,
    METHODS,
    ODD,
    OF_A_PROJECT,
    OF_ALL_PROJECTS,
    PUBLIC,
    TABLE,
    Address,
    Who,
)
from tests.house.routes import routes
from tests.house.test_strangers import A_PERSONS_OWN

pytestmark = pytest.mark.django_db
CONSOLE = sorted({route.name for route in routes() if not route.name.startswith(("admin:", *A_PERSONS_OWN))})
ACCOUNT = sorted({route.name for route in routes() if route.name.startswith(A_PERSONS_OWN)})
ADMIN = sorted({route.name for route in routes() if route.name.startswith("admin:")} - ADMIN_DOORS - {"admin:"})
PARAMETERS = {route.name: route.parameters for route in routes()}
FIXED = {"month": "2026-11", "form": "md", "model_id": "z-image", "token": "x", "door": "x", "key": "x", "uidb36": "x"}
FIXED |= {"provider_id": "oidc", "app_label": "jobs", "content_type_id": "1"}


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), override_settings(RIVYA_BASE_URL="http://127.0.0.1:9"), scene() as made:
        yield made


def test_every_address_is_declared() -> None:
    assert [name for name in CONSOLE if name not in TABLE] == [], "say in tests/access/table.py who may"
    assert sorted(TABLE.keys() - set(CONSOLE)) == [], "addresses that are gone"


@pytest.mark.parametrize("name", CONSOLE)
def test_everybody_gets_what_the_table_says(here: Scene, name: str) -> None:
    address, wrong = TABLE[name], []
    for who in WHO:
        for method in METHODS:
            answer = asked(here, who, method, name, address.of)
            expected = outcome(address, method, who)
            if (got := seen(answer)) not in expected.split(" or "):
                wrong.append(f"{who} {method}: {got} ({answer.status_code}), not {expected}")
            if who not in ROLES:  # a member's page names the team, also where it says no
                assert MARK not in text(answer), f"{who} {method} reads what is the team's"
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", [name for name in CONSOLE if TABLE[name].of or TABLE[name].form])
def test_foreign_and_absent_are_the_same_answer(here: Scene, name: str) -> None:
    for who in (*OWN_TEAM, *TEAMLESS, *(["outsider"] if is_walled(TABLE[name]) else [])):
        for method in METHODS:
            foreign = asked(here, who, method, name, TABLE[name].of)
            absent = asked(here, who, method, name, "absent")
            assert told(foreign, here) == told(absent, here), f"{who} {method}"


@pytest.mark.parametrize("name", ACCOUNT)
def test_a_persons_own_page_tells_nothing_of_a_team(here: Scene, name: str) -> None:
    for who in WHO:
        for method in METHODS:
            answer = asked(here, who, method, name)
            assert seen(answer) != "an error of ours", f"{who} {method}"
            assert who in ROLES or MARK not in text(answer), f"{who} {method}"


@pytest.mark.parametrize("name", ADMIN)
def test_the_admin_site_is_shut_to_all_but_the_staff(here: Scene, name: str) -> None:
    for who in WHO:
        for method in METHODS:
            answer = asked(here, who, method, name)
            got = seen(answer)
            assert got not in {"an error of ours"} | ({"the door"} if who == "staff" else set()), f"{who} {method}"
            assert who == "staff" or got == "the door", f"{who} {method}: {got}"


def outcome(address: Address, method: str, who: str) -> str:
    """What the table and `MAY` promise. Whoever is not signed in is told nothing but where the door is."""
    allowed = address.methods.get(method)
    if PUBLIC in address.methods.values():
        return "let in" if allowed else "wrong method"
    if ODD in address.methods.values():
        return "let in or the door or absent or no team or forbidden or wrong method or not signed in"
    if who in NOBODY:
        return "the door"
    return "wrong method" if allowed is None else promised(address, method, who, allowed)


def promised(address: Address, method: str, who: str, act: Who) -> str:
    names_an_object = bool(address.of) or (method == "POST" and bool(address.form))
    if act == ANYBODY:
        return "let in"
    if who in OWN_TEAM:  # the owner there
        return "absent" if names_an_object else "let in"
    if who in TEAMLESS:
        return "absent" if address.of else "no team" if not names_an_object else "no team or absent"
    if who == "outsider" and is_walled(address) and names_an_object:
        return "absent"
    is_let_in = ROLES[who] in MAY[Act(act)] and not (who == "outsider" and act in ACROSS_PROJECTS)
    return "let in" if is_let_in else "forbidden"


def is_walled(address: Address) -> bool:
    kinds = {address.of, *address.form.values()}
    return bool(kinds & (OF_A_PROJECT | OF_ALL_PROJECTS))


def seen(answer: Any) -> str:
    """What the answer means to whoever asked."""
    status, to = answer.status_code, answer.headers.get("Location", "")
    if status == 302 and to.startswith((reverse("account_login"), reverse("admin:login"))):
        return "the door"
    if status == 302 and to == reverse("teams:none"):
        return "no team"
    meanings = {401: "not signed in", 403: "forbidden", 404: "absent", 405: "wrong method"}
    if status >= 500 and status not in (502, 503):  # those two say that Rivya gave no answer
        return "an error of ours"
    return meanings.get(status, "let in")


def asked(here: Scene, who: str, method: str, name: str, kind: str = "") -> Any:
    pk = "1" if name in ACCOUNT else here.ids[kind or "absent"]
    known = FIXED | {"pk": pk, "object_id": pk}
    path = reverse(name, kwargs={each: known[each] for each in PARAMETERS[name]})
    form = {field: here.ids["absent" if kind == "absent" else of] for field, of in declared(name).form.items()}
    return here.ask(who, method, path, form)


def declared(name: str) -> Address:
    return TABLE.get(name, Address({}))


def told(answer: Any, here: Scene) -> tuple[int, str, dict[str, str]]:
    """Status, words and headers, without what differs between any two answers: ids asked for, tokens, request ids."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Content-Length")}
    return answer.status_code, plain(text(answer)), {name: plain(value) for name, value in headers.items()}


def plain(words: str) -> str:
    words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", "ID", words)
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", words)


def text(answer: Any) -> str:
    if not answer.streaming:
        return str(answer.content.decode(errors="replace"))
    if answer.headers["Content-Type"].startswith("text/event-stream"):
        return ""  # goes on for minutes; what it says is held in test_streams
    return async_to_sync(_whole)(answer).decode(errors="replace")


async def _whole(answer: Any) -> bytes:
    return b"".join([part async for part in answer])

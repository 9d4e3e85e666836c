"""Every parameter of every query, every header, bodies of every kind: no error of ours, no traceback, no forged line.

Which parameters there are is not written down: the code is watched as it asks for them. What the fields of forms can
do is held in test_hostile_forms.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from tests.access.hostile import FORM, NO_LIMITS, Log, encoded, faults, for_field, logged, names_read
from tests.access.people import Scene, scene
from tests.access.table import TABLE
from tests.access.test_matrix import ACCOUNT, ADMIN, CONSOLE, FIXED, PARAMETERS
from tests.audit.calls import BY_THE_LEDGER, CALLS, WITHOUT
from tests.audit.test_every_change import prepared, world  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
ADDRESSES = (*CONSOLE, *ACCOUNT, *ADMIN)
FORMS = (*CALLS, *BY_THE_LEDGER)
# What Django's lists of the admin site read of a query without asking for it by name.
OF_LISTS = (
    "q",
    "o",
    "p",
    "all",
    "e",
    "id",
    "id__in",
    "team__id__exact",
    "created_at__gte",
    "team__password__startswith",
)
OF_MODELS = {"auditevent": "line", "entry": "", "referencefile": "file", "user": "", "secret": ""}
HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Content-Type", "Cookie", "HX-Boosted"),
    *("HX-Current-URL", "HX-Request", "HX-Target", "HX-Trigger", "If-Match", "If-Modified-Since", "If-None-Match"),
    *("If-Range", "Last-Event-ID", "Origin", "Range", "Referer", "Sec-Fetch-Site", "User-Agent", "X-Forwarded-For"),
    *("X-Forwarded-Proto", "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Request-ID", "X-Rivya-Signature", "Host"),
)  # fmt: skip
# A server lets no line end and no NUL into a header; and every byte of one is a character to the program.
IN_HEADERS = [
    "", " ", "-1", "9" * 5000, "²", "bytes=0-,5-1,-9,a-b", "bytes=99999999999999999999-", 'W/"', "*", "=;=,;,=",
    "Fri, 99 Foo 0000 99:99:99 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "de;q=NaN,*;q=1e999," * 50,
    'for="[::1]:x", 999.999.999.999', "http://[::1", "\\\\evil.example", "<script>alert(1)</script>",
    "\x1b[31m%(levelname)s{0}", "é\xff\x80".encode().decode("latin-1"), "console_session=" + "x" * 9000,
    "multipart/form-data", "multipart/form-data; boundary=" + "x" * 300, "application/json; charset=no-such",
    "t=1,v1=zz", "t=99999999999999999999,v1=",
]  # fmt: skip
ASKED_OF = ("home", "jobs:index", "jobs:result_download", "live:stream", "account_login", "admin:index")
TAILS = [
    "%00",
    "%ff%fe",
    "%0d%0aSet-Cookie:%20x=1",
    "%0aERROR%20root%20forged",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/",
]
TAILS += [
    "a" * 9000,
    "%E2%80%AE",
    "%",
    "%zz",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "9" * 40,
    "%5C%5Cevil.example",
    "?",
    ";x=1",
]
BODIES: list[tuple[str, bytes]] = [
    ("multipart/form-data; boundary=x", b""),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="../\0\r\n'),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=\xc3\xa9".encode("latin-1").decode("latin-1"), b"--x--"),
    (f"{FORM}; charset=no-such-code", b"name=x"),
    (f"{FORM}; charset=utf-16", b"name=x"),
    (FORM, b"&".join(b"f%d=1" % number for number in range(3000))),
    (FORM, b"%" * 5000 + b"=%ff&=&&&=;=" + b"\x00\xff"),
    ("application/json", b'{"name": ' + b"[" * 5000),
    ("text/plain", b"\xff" * 1000),
    ("", b"name=x"),
]  # fmt: skip


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with (
        django_db_blocker.unblock(),
        override_settings(RIVYA_BASE_URL="http://127.0.0.1:9", **NO_LIMITS),
        scene() as made,
    ):
        yield made


@pytest.fixture
def log() -> Iterator[Log]:
    with logged() as kept:
        yield kept


def test_it_is_thousands_of_requests() -> None:
    """At the very least: bodies and headers alone, before any field or query is counted."""
    bodies = len(BODIES) * len({*FORMS, *WITHOUT} & set(ADDRESSES))
    headers = len(HEADERS) * len(IN_HEADERS) * len(ASKED_OF)
    assert bodies + headers >= 5000


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_query_makes_an_error_of_ours(here: Scene, log: Log, name: str) -> None:
    path, wrong = address(here, name), []
    for who in askers(name):
        for at, field in enumerate(fields_of(here, name, who)):
            for value in for_field(at + len(name)):
                answer = here.ask(who, "GET", f"{path}?{encoded({field: value})}")
                wrong += [f"{who} {field}={value[:60]!r}: {fault}" for fault in faults(answer, log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", sorted({*FORMS, *WITHOUT} & set(ADDRESSES)))
def test_no_body_makes_an_error_of_ours(here: Scene, log: Log, name: str) -> None:
    path, wrong = address(here, name), []
    for who in askers(name):
        for kind, body in BODIES:
            answer = posted(here, who, path, body, kind)
            wrong += [f"{who} {kind} {body[:40]!r}: {fault}" for fault in faults(answer, log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", sorted(set(WITHOUT) & set(ADDRESSES)))
def test_no_field_of_other_posts_makes_an_error_of_ours(here: Scene, log: Log, name: str) -> None:
    path, wrong = address(here, name), []
    for who in askers(name):
        with names_read() as read:
            posted(here, who, path, b"x=1", FORM)
        for at, field in enumerate(sorted(read)):
            for value in for_field(at):
                answer = posted(here, who, path, encoded({field: value}).encode(), FORM)
                wrong += [f"{who} {field}={value[:60]!r}: {fault}" for fault in faults(answer, log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_makes_an_error_of_ours(here: Scene, log: Log, header: str) -> None:
    wrong = []
    for name in ASKED_OF:
        path, who = address(here, name), askers(name)[0]
        for value in IN_HEADERS:
            answer = here.ask(who, "GET", path, **{header: value})
            wrong += [f"{name} {value[:60]!r}: {fault}" for fault in faults(answer, log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", [name for name in ADDRESSES if set(PARAMETERS[name]) & FIXED.keys()])
def test_nothing_in_an_address_makes_an_error_of_ours(here: Scene, log: Log, name: str) -> None:
    wrong = []
    for parameter in set(PARAMETERS[name]) & FIXED.keys():
        before, _, after = address(here, name).rpartition(FIXED[parameter])
        for tail in TAILS:
            hostile = f"{before}{tail}{after}"
            for who in askers(name):
                wrong += [f"{who} {hostile[:90]}: {fault}" for fault in faults(here.ask(who, "GET", hostile), log)]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("tail", TAILS)
def test_no_address_that_is_not_there_makes_an_error_of_ours(here: Scene, log: Log, tail: str) -> None:
    for start in ("/", "/jobs/", "/static/", "/admin/", "/admin/jobs/job/", "/account/", "/webhooks/", "/chat/", "//"):
        for who in ("anonymous", "owner", "staff"):
            for method in ("GET", "POST", "OPTIONS"):
                assert faults(here.ask(who, method, start + tail), log) == [], f"{who} {method} {start}{tail[:40]}"


def askers(name: str) -> tuple[str, ...]:
    """Those who get furthest."""
    if name in ADMIN:
        return ("staff",)
    return ("owner", "anonymous") if name in ACCOUNT or "public" in TABLE[name].methods.values() else ("owner",)


def address(here: Scene, name: str) -> str:
    return reverse(name, kwargs=parameters(here, name))


def parameters(here: Scene, name: str) -> dict[str, str]:
    known = FIXED | dict.fromkeys(("pk", "object_id"), "1" if name in ACCOUNT else here.ids[kind_of(here, name)])
    return {each: known[each] for each in PARAMETERS[name]}


def kind_of(here: Scene, name: str) -> str:
    """The kind of object whose id an address takes."""
    if name in TABLE:
        return TABLE[name].of or "absent"
    words = name.removeprefix("admin:").split("_")
    kinds = [OF_MODELS.get(word, word) for word in words]
    return next((kind for kind in reversed(kinds) if kind in here.ids), "absent")


def fields_of(here: Scene, name: str, who: str) -> list[str]:
    """The parameters that an address asks of its query."""
    with names_read() as read:
        here.ask(who, "GET", address(here, name))
    lists = OF_LISTS if name.endswith("_changelist") else ()
    return sorted({*read, *lists} - {"csrfmiddlewaretoken"})


def posted(here: Scene, who: str, path: str, body: bytes, kind: str) -> Any:
    here.browser.cookies.clear()
    if who in here.sessions:
        here.browser.cookies["console_session"] = here.sessions[who]
    with transaction.atomic():
        answer = here.browser.generic("POST", path, body, kind)
        transaction.set_rollback(True)
    return answer

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.process import DEMO, Sandbox

BODY = json.dumps({"model": "z-image", "prompt": "A calm sea"}).encode()


def raw_post(sandbox: Sandbox, key: str) -> tuple[bytes, str]:
    """Speak HTTP on a bare socket. Returns what came, and how it ended: reset or closed."""
    address = urlsplit(sandbox.url)
    head = (
        f"POST /api/v1/generations HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: raw\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    got = b""
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as line:
        line.sendall(head.encode() + BODY)
        try:
            while piece := line.recv(65536):
                got += piece
        except ConnectionResetError:
            return got, "reset"
    return got, "closed"


def jobs_of(sandbox: Sandbox, key: str) -> list[dict[str, Any]]:
    return [job for job in sandbox.state()["generations"] if job["account"] == key.removeprefix("rvya_sk_")]


@pytest.mark.parametrize("fault", ["reset", "close"])
@pytest.mark.parametrize(("when", "jobs"), [("before", 0), ("during", 1), ("after", 1)])
def test_the_wire_is_really_cut(sandbox: Sandbox, account: str, fault: str, when: str, jobs: int) -> None:
    sandbox.fault(fault, when=when)

    assert raw_post(sandbox, account) == (b"", "reset" if fault == "reset" else "closed")
    assert len(jobs_of(sandbox, account)) == jobs
    assert sandbox.generate(idempotency_key="raw", key=account).status_code == 200
    assert len(jobs_of(sandbox, account)) == 1


@pytest.mark.parametrize(("how", "end"), [("close", "closed"), ("reset", "reset")])
def test_half_a_body_comes_after_the_work(sandbox: Sandbox, account: str, how: str, end: str) -> None:
    sandbox.fault("half_body", how=how)
    got, ended = raw_post(sandbox, account)

    head, _, body = got.partition(b"\r\n\r\n")
    assert ended == end
    promised = int(head.decode().partition("content-length: ")[2].partition("\r\n")[0])
    assert promised // 2 == len(body)
    assert len(jobs_of(sandbox, account)) == 1


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_hang_ends_only_when_the_client_gives_up(sandbox: Sandbox, account: str, when: str) -> None:
    sandbox.fault("hang", when=when)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.post(
            "/api/v1/generations", content=BODY, headers={"authorization": f"Bearer {account}"}, timeout=0.3
        )

    assert sandbox.api("GET", "/credits").status_code == 200
    assert len(jobs_of(sandbox, account)) == (0 if when == "before" else 1)


@pytest.mark.parametrize(
    ("retry_after", "shape"),
    [
        ("seconds", "1"), ("garbage", "soon, maybe"), ("negative", "-5"), ("huge", "99999999999999999999"),
        ("missing", None), ("empty", ""), ("2.5", "2.5"),
    ],
)  # fmt: skip
def test_every_kind_of_retry_after(sandbox: Sandbox, retry_after: str, shape: str | None) -> None:
    sandbox.fault("rate_limited", retry_after=retry_after)
    answer = sandbox.generate()

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited")
    assert answer.headers.get("retry-after") == shape


@pytest.mark.parametrize("retry_after", ["date", "past"])
def test_retry_after_may_be_a_date(sandbox: Sandbox, retry_after: str) -> None:
    sandbox.fault("rate_limited", retry_after=retry_after)

    assert sandbox.generate().headers["retry-after"].endswith(" GMT")


@pytest.mark.parametrize(("when", "jobs"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("fault", "options", "status"),
    [
        ("error", {"code": "internal_error"}, 500),
        ("error", {"code": "moon_phase_wrong", "status": 418}, 418),
        ("html", {}, 502),
        ("html", {"status": 200}, 200),
        ("garbage_json", {}, 200),
        ("not_utf8", {}, 200),
        ("empty_body", {}, 200),
        ("answer", {"status": 201, "json": {"a": 1}}, 201),
    ],
)
def test_wrong_answers_come_before_or_after_the_work(
    sandbox: Sandbox, account: str, fault: str, options: dict[str, Any], status: int, when: str, jobs: int
) -> None:
    sandbox.fault(fault, when=when, **options)

    assert sandbox.generate(key=account, idempotency_key="k").status_code == status
    assert len(jobs_of(sandbox, account)) == jobs
    assert sandbox.generate(key=account, idempotency_key="k").status_code == 200
    assert len(jobs_of(sandbox, account)) == 1


def test_answers_can_be_bent(sandbox: Sandbox) -> None:
    task = sandbox.generate().json()["id"]

    def read(fault: str, **options: Any) -> dict[str, Any]:
        sandbox.fault(fault, "/api/v1/generations/*", match={"method": "GET"}, **options)
        body: dict[str, Any] = sandbox.api("GET", f"/generations/{task}").json()
        return body

    assert read("unknown_state")["status"] == "paused"
    assert read("new_fields")["x_new"] == {"nested": [1, 2, {"deep": None}]}
    assert read("wrong_types", fields=["reserved_credits"])["reserved_credits"] == "1 pieces"
    assert read("patch_json", merge={"error": {"urls": "none"}})["error"] == {"urls": "none"}
    assert "model" not in read("drop_fields", fields=["model"])
    assert sandbox.api("GET", f"/generations/{task}").json()["model"] == "z-image"


def test_the_catalogue_can_be_bad(sandbox: Sandbox) -> None:
    sandbox.fault("empty_list", "/api/v1/models")
    assert sandbox.api("GET", "/models").json()["data"] == []
    sandbox.fault("drop_fields", "/api/v1/models", fields=["params", "category"])
    assert all("params" not in model for model in sandbox.api("GET", "/models").json()["data"])
    sandbox.fault("garbage_json", "/api/v1/models")
    with pytest.raises(ValueError, match="Unterminated"):
        sandbox.api("GET", "/models").json()


def test_media_can_be_bad(sandbox: Sandbox) -> None:
    url = sandbox.finished(sandbox.generate().json()["id"])["result"]["urls"][0]

    def fetch(fault: str, **options: Any) -> httpx.Response:
        sandbox.fault(fault, "/media/*", **options)
        return httpx.get(url, trust_env=False)

    assert fetch("error", code="not_found").status_code == 404
    assert fetch("content_type", value="text/html").headers["content-type"] == "text/html"
    assert fetch("foreign_body").content.startswith(b"<!doctype html>")
    assert fetch("redirect").headers["location"].startswith("http://169.254")
    assert len(fetch("huge", bytes=3_000_000, declared=False).content) == 3_000_000
    with pytest.raises(httpx.RemoteProtocolError):
        fetch("half_body")


def test_an_endless_body_stops_when_the_reader_does(sandbox: Sandbox) -> None:
    url = sandbox.finished(sandbox.generate().json()["id"])["result"]["urls"][0]
    sandbox.fault("huge", "/media/*")
    with httpx.stream("GET", url, trust_env=False) as answer:
        assert int(answer.headers["content-length"]) == 1 << 31
        next(answer.iter_bytes())

    assert sandbox.api("GET", "/credits").status_code == 200


def test_skip_times_and_match_choose_whom_a_fault_strikes(sandbox: Sandbox) -> None:
    sandbox.fault("unavailable", skip=1, times=2, match={"method": "POST", "model": "z-*", "prompt": "calm"})

    assert sandbox.api("GET", "/credits").status_code == 200
    assert sandbox.generate("4o-image").status_code == 200
    assert sandbox.generate(prompt="A wild sea").status_code == 200
    assert [sandbox.generate().status_code for _ in range(4)] == [200, 503, 503, 200]


def test_slowness_and_delay(sandbox: Sandbox) -> None:
    sandbox.fault("slow", seconds=0.3, when="after")
    start = time.monotonic()
    sandbox.generate()
    assert time.monotonic() - start > 0.3

    sandbox.control("PUT", "/clock", {"delay_seconds": 0.2})
    start = time.monotonic()
    sandbox.api("GET", "/credits")
    assert time.monotonic() - start > 0.2


def test_an_unknown_switch_is_told(sandbox: Sandbox) -> None:
    for path, body in (
        ("/faults", {"match": {}, "fault": "gremlins"}),
        ("/faults", {"match": {"moon": "full"}, "fault": "reset"}),
        ("/outcomes", {"outcome": "succeed", "mood": "fine"}),
    ):
        assert sandbox.http.post(f"/_sandbox{path}", json=body).status_code == 400
    assert sandbox.http.put("/_sandbox/settings", json={"nonsense": 1}).status_code == 400
    assert sandbox.http.put("/_sandbox/settings", json={"speed": "fast"}).status_code == 400


def test_what_was_struck_is_in_the_journal(sandbox: Sandbox) -> None:
    sandbox.fault("unavailable")
    sandbox.generate(idempotency_key="journal", key=DEMO)

    seen = sandbox.control("GET", "/requests?path=/generations")["data"][-1]
    assert (seen["fault"], seen["status"], seen["idempotency_key"]) == ("unavailable", 503, "journal")


def test_many_at_once_get_one_job_each(sandbox: Sandbox, account: str) -> None:
    sandbox.fault("reset", when="after", times=10)

    def submit(number: int) -> None:
        for _ in range(3):
            try:
                if sandbox.generate(key=account, idempotency_key=f"many-{number}").is_success:
                    return
            except httpx.TransportError:
                continue

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(submit, range(20)))

    jobs = jobs_of(sandbox, account)
    assert sorted(job["idempotency_key"] for job in jobs) == sorted(f"many-{number}" for number in range(20))

import base64
import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.sandbox.process import OTHER, Sandbox, wait_until

Call = tuple[dict[str, str], bytes]


class Receiver:
    """A webhook receiver that answers with ``status`` and remembers what came."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Call] = queue.Queue()
        self.status = 200
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.status)
                self.send_header("location", "http://127.0.0.1:1/")
                self.send_header("content-length", "0")
                self.end_headers()
                receiver.calls.put(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/rivya"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self) -> Call:
        return self.calls.get(timeout=30)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def endpoint(sandbox: Sandbox, account: str, receiver: Receiver) -> dict[str, Any]:
    sandbox.control("PUT", "/settings", {"allow_local_webhooks": True, "webhook_speed": 6000})
    return make(sandbox, account, receiver.url)


def make(sandbox: Sandbox, key: str, url: str) -> dict[str, Any]:
    body = {"name": "test", "url": url, "event_types": ["generation.succeeded", "generation.failed"]}
    answer = sandbox.api("POST", "/webhooks", key, json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def is_signed(call: Call, secret: str) -> bool:
    headers, body = call
    fields = dict(part.split("=", 1) for part in headers["x-rivya-signature"].split(","))
    expected = hmac.new(secret.encode(), fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return abs(int(fields["t"]) - time.time()) < 300 and hmac.compare_digest(expected, fields["v1"])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x", "https://localhost/x", "https://127.0.0.1/x", "https://10.0.0.1/", "https://[::1]/",
        "https://169.254.169.254/", "https://user:pw@example.com/", "https://example.com/#x", "https://intranet/",
        "https://printer.local/", "https://2130706433/", "ftp://example.com/", "https:///x", "https://[half/",
    ],
)  # fmt: skip
def test_a_local_or_odd_address_is_refused(sandbox: Sandbox, account: str, url: str) -> None:
    body = {"name": "n", "url": url, "event_types": ["generation.failed"]}
    answer = sandbox.api("POST", "/webhooks", account, json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "webhook_url_rejected")


def test_an_endpoint_is_made_read_changed_rotated_and_removed(sandbox: Sandbox, account: str) -> None:
    made = make(sandbox, account, "https://hooks.example.com/rivya")
    path, secret = f"/webhooks/{made['id']}", made.pop("signing_secret")

    assert made["secret_preview"] == f"{secret[:8]}...{secret[-6:]}"
    assert sandbox.api("GET", path, account).json() == made
    assert sandbox.api("GET", path, OTHER).status_code == 404
    changed = sandbox.api("PATCH", path, account, json={"name": "new", "status": "disabled"}).json()
    assert (changed["name"], changed["status"], changed["disabled_at"] is None) == ("new", "disabled", False)
    assert sandbox.api("POST", f"{path}/rotate-secret", account).json()["signing_secret"] != secret
    assert sandbox.api("DELETE", path, account).json()["status"] == "revoked"
    assert sandbox.api("GET", "/webhooks", account).json()["data"] == []
    assert sandbox.api("GET", path, account).status_code == 404


def test_a_finished_job_rings(sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]) -> None:
    task = sandbox.generate(prompt="A sea [fail]", key=account).json()["id"]
    call = receiver.next()

    event = json.loads(call[1])
    assert is_signed(call, endpoint["signing_secret"])
    assert (event["type"], event["api_version"]) == ("generation.failed", "2026-05-11")
    assert event["data"] == sandbox.finished(task, account)
    assert sandbox.api("GET", "/webhook-events", account).json()["data"] == [event]


def test_the_other_scheme_signs_too(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    sandbox.control("PUT", "/settings", {"webhook_scheme": "standard"})
    sandbox.generate(key=account)
    headers, body = receiver.next()

    key = base64.b64decode(endpoint["signing_secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert "x-rivya-signature" not in headers


@pytest.mark.parametrize("status", [500, 302])
def test_a_refused_delivery_comes_six_times_with_one_event_id(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any], status: int
) -> None:
    sandbox.control("PUT", "/settings", {"webhook_speed": 600_000})
    receiver.status = status
    sandbox.generate(key=account)
    calls = [receiver.next() for _ in range(6)]

    assert len({json.loads(body)["id"] for _, body in calls}) == 1

    def attempts() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = sandbox.api("GET", f"/webhooks/{endpoint['id']}/deliveries", account).json()[
            "data"
        ]
        return listed

    wait_until(lambda: attempts()[0]["status"] == "failed")
    assert [(one["attempt"], one["response_status"]) for one in attempts()] == [(n, status) for n in range(6, 0, -1)]
    assert attempts()[0]["next_attempt_at"] is None
    assert sandbox.api("GET", f"/webhooks/{endpoint['id']}", account).json()["failure_count"] == 1


def test_the_test_event_is_about_a_job_that_does_not_exist(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    delivery = sandbox.api("POST", f"/webhooks/{endpoint['id']}/test", account).json()
    event = json.loads(receiver.next()[1])

    assert (delivery["status"], delivery["response_status"], delivery["event_id"]) == ("succeeded", 200, event["id"])
    assert sandbox.api("GET", f"/generations/{event['data']['id']}", account).status_code == 404


def test_deliveries_may_be_doubled_false_late_or_badly_signed(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    def ring(**switches: Any) -> Call:
        sandbox.control("PUT", "/settings", {"webhook_mischief": {}})
        sandbox.control("PUT", "/webhooks", switches)
        sandbox.generate(key=account)
        return receiver.next()

    first = ring(duplicates=1)
    assert json.loads(receiver.next()[1])["id"] == json.loads(first[1])["id"]
    lie = ring(lie={"data": {"status": "failed", "final_credits": 0}})
    assert json.loads(lie[1])["data"]["status"] == "failed"
    assert is_signed(lie, endpoint["signing_secret"])
    assert "x-rivya-signature" not in ring(unsigned=True)[0]
    assert not is_signed(ring(wrong_secret=True), endpoint["signing_secret"])
    assert not is_signed(ring(altered_body=True), endpoint["signing_secret"])
    assert not is_signed(ring(timestamp_offset_seconds=-4000), endpoint["signing_secret"])


def test_later_events_can_overtake(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    sandbox.control("PUT", "/webhooks", {"reorder_seconds": 0.4})
    tasks = []
    for _ in range(2):
        tasks.append(sandbox.generate(prompt="A sea [instant]", key=account).json()["id"])
        sandbox.finished(tasks[-1], account)
    told = [json.loads(receiver.next()[1]) for _ in range(2)]

    assert {event["data"]["id"] for event in told} == set(tasks)
    assert endpoint["status"] == "active"


def test_an_event_of_an_unknown_type_can_be_sent(
    sandbox: Sandbox, account: str, receiver: Receiver, endpoint: dict[str, Any]
) -> None:
    name = account.removeprefix("rvya_sk_")
    sandbox.control(
        "POST", "/webhooks/events", {"account": name, "type": "generation.dreaming", "body": {"id": "task_x"}}
    )
    call = receiver.next()

    assert json.loads(call[1])["type"] == "generation.dreaming"
    assert is_signed(call, endpoint["signing_secret"])

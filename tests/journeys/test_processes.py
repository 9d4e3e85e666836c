"""The programs of the console as processes: each may be killed at any time, and each comes back to the same data."""

import json
import socket
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in
from tests.stack import Stack, answers, eventually

PASSWORD = "correct horse battery staple"


def seed_alice(stack: Stack) -> None:
    alice = {"email": "alice@example.com", "password": PASSWORD, "role": "owner"}
    stack.seed({"teams": [{"name": "Team of Alice", "members": [alice]}]})


def test_every_process_comes_back_after_kill_9(stack: Stack) -> None:
    for process in stack.processes:
        process.kill()
        assert not process.is_running
    assert not answers(f"{stack.base_url}/healthz")
    for process in stack.processes:
        process.start()
    eventually(lambda: answers(f"{stack.base_url}/readyz"))


def test_every_process_ends_by_itself_when_asked(stack: Stack) -> None:
    for process in stack.processes:
        process.stop()
        assert "Traceback" not in process.words
        process.start()


def test_the_logs_are_one_json_object_a_line(stack: Stack) -> None:
    for process in (stack.web, stack.worker):
        assert [line for line in process.words.splitlines() if not isinstance(json.loads(line), dict)] == []


def test_requests_that_overtake_the_answer_before_them_are_all_answered(stack: Stack) -> None:
    paths = ["/static/css/base.css", "/healthz", "/static/css/tokens.css", "/static/absent.css", "/healthz"] * 4
    asked = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" for path in paths]
    asked[-1] += "Connection: close\r\n"
    place = urlsplit(stack.base_url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall("".join(f"{request}\r\n" for request in asked).encode())
        with connection.makefile("rb") as answer:
            lines = [line for line in answer if line.startswith(b"HTTP/1.1 ")]
    assert [line.split()[1] for line in lines] == [b"200", b"200", b"200", b"404", b"200"] * 4
    assert "Traceback" not in stack.web.words


def test_a_person_signs_in_without_a_complaint_from_the_page(stack: Stack, page: Page) -> None:
    seed_alice(stack)
    sign_in(page, "alice@example.com", PASSWORD)
    expect(page.locator("body")).to_contain_text("Team of Alice")

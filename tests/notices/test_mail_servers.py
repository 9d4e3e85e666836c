"""A mail server that says no: of one mail for good, of one for now, or of all by being away. On a real socket."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console.notices.mailing import LATEST, SOONEST, STILL_NEWS, mail_notices
from console.notices.models import Notice
from console.notices.telling import tell
from console.teams.models import Team, User

pytestmark = pytest.mark.django_db


class Talk(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs. `server.says` is what a step is answered with, if it is about Alice."""

    def handle(self) -> None:
        self.said("220 ready")
        about = ""
        while line := self.rfile.readline():
            step = line[:4].decode().upper().strip()
            about = line.decode() if step == "RCPT" else about
            if step == "DATA":
                self.said("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
            answer = self.server.says.get(step, "") if step in ("MAIL", "EHLO", "HELO") or "alice" in about else ""  # type: ignore[attr-defined]
            if answer == "hang up":
                return
            if step == "DATA" and not answer:
                self.server.taken.append(about.split("<")[1].split("@")[0])  # type: ignore[attr-defined]
            self.said(answer or "250 well")
            if step == "QUIT" or answer.startswith("421"):
                return

    def said(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
        self.wfile.flush()


class Smtp(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.says: dict[str, str] = {}
        self.taken: list[str] = []


@pytest.fixture
def smtp(settings: Any) -> Iterator[Smtp]:
    with Smtp() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.socket.getsockname()[1]
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def told(team: Team, alice: User, bob: User) -> None:
    """One for Alice, the oldest, and two for Bob."""
    for key, person in (("a", alice), ("b", bob), ("c", bob)):
        tell([person], team=team, kind="budget", key=key, title=f"Of {key}")


def later(minutes: float) -> int:
    """How many mails go out at once, so much later."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        return int(mail_notices())


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_mail_that_is_refused_for_good_is_not_tried_again(smtp: Smtp, told: None, step: str) -> None:
    smtp.says = {step: "554 5.7.1 Refused as spam"}
    assert [mail_notices(), mail_notices()] == [True, False]
    assert smtp.taken == ["bob", "bob"]
    smtp.says = {}
    assert not later(minutes=60)


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_mail_that_is_not_taken_now_is_tried_again(smtp: Smtp, told: None, step: str) -> None:
    smtp.says = {step: "450 4.2.0 Greylisted, try again"}
    assert [mail_notices(), mail_notices()] == [True, False]
    assert smtp.taken == ["bob", "bob"]
    smtp.says = {}
    assert not later(minutes=4)
    assert later(minutes=6)
    assert smtp.taken == ["bob", "bob", "alice"]


@pytest.mark.parametrize(("step", "answer"), [("RCPT", "421 Closing"), ("RCPT", "hang up"), ("DATA", "hang up")])
def test_a_mail_at_which_the_server_goes_away_is_not_the_first_again(
    smtp: Smtp, told: None, step: str, answer: str
) -> None:
    smtp.says = {step: answer}
    assert [mail_notices(), mail_notices()] == [False, True]
    assert smtp.taken == ["bob", "bob"]
    smtp.says = {}
    assert later(minutes=6)
    assert smtp.taken == ["bob", "bob", "alice"]


@pytest.mark.parametrize("step", ["EHLO", "MAIL"])
def test_what_the_server_says_of_us_stops_the_round_and_costs_no_time(smtp: Smtp, told: None, step: str) -> None:
    smtp.says = {step: "550 Who are you?", "HELO": "550 Who are you?"}
    assert [mail_notices(), mail_notices()] == [False, False]
    smtp.says = {}
    assert mail_notices()
    assert smtp.taken == ["alice", "bob", "bob"]


def test_a_mail_that_was_taken_is_taken_however_the_server_says_good_bye(smtp: Smtp, told: None) -> None:
    smtp.says = {"QUIT": "451 Never mind"}
    assert [mail_notices(), mail_notices()] == [True, False]
    assert not later(minutes=60)
    assert smtp.taken == ["alice", "bob", "bob"]


def test_waits_grow_and_end_when_it_is_no_news_any_more(smtp: Smtp, told: None) -> None:
    smtp.says = {"RCPT": "450 4.2.0 Greylisted, try again"}
    began, waiting = timezone.now(), Notice.objects.filter(mailed_at=None)
    tries: list[datetime] = []
    mail_notices()
    while (due := waiting.values_list("leased_until", flat=True).get()) and due not in tries:
        tries.append(due)
        with time_machine.travel(due + timedelta(seconds=1), tick=False):
            mail_notices()
    waits = [after - before for before, after in pairwise(tries)]
    assert waits == sorted(waits)
    assert (min(waits) >= SOONEST, max(waits) < LATEST + SOONEST) == (True, True)
    assert STILL_NEWS - LATEST < tries[-2] - began < STILL_NEWS
    assert len(tries) < 25


def test_an_address_that_no_mail_can_carry_holds_nobody_up(smtp: Smtp, told: None, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.com and others")
    assert [mail_notices(), mail_notices()] == [True, False]
    assert smtp.taken == ["bob", "bob"]

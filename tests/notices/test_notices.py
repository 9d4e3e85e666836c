"""Notices: told once, to those who belong; read in the page; mailed where somebody wants it."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from console.live.models import Event
from console.notices.mailing import LEASE_SECONDS, mail_notices
from console.notices.models import Notice
from console.notices.telling import tell
from console.teams.models import Membership, Team, User

pytestmark = pytest.mark.django_db


def say(team: Team, *people: User, key: str = "budget-80", title: str = "Spring has used 80 %") -> int:
    return tell(people, team=team, kind="budget", key=key, title=title, text="8 of 10 credits.", url="/budgets/")


def test_an_occasion_is_told_once_a_person_and_shown_at_once(team: Team, alice: User, bob: User) -> None:
    assert [say(team, alice), say(team, alice, bob), say(team, alice, bob)] == [1, 1, 0]
    assert Event.objects.filter(name=f"notices-{alice.pk}").count() == 1


def test_the_bell_counts_what_is_unread(browser_of: Any, team: Team, alice: User) -> None:
    client: Client = browser_of(alice)
    assert "bell-count" not in client.get("/notices/bell/").content.decode()
    say(team, alice)
    assert '<span class="bell-count">1</span>' in client.get("/notices/bell/").content.decode()


def test_opening_one_reads_it_and_leads_to_its_page(browser_of: Any, team: Team, alice: User) -> None:
    say(team, alice)
    client: Client = browser_of(alice)
    answer = client.get(f"/notices/{Notice.objects.get().pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/budgets/")
    assert not Notice.objects.unread().exists()


def test_all_can_be_read_at_once(browser_of: Any, team: Team, alice: User, bob: User) -> None:
    for number in range(3):
        say(team, alice, bob, key=f"budget-{number}")
    browser_of(alice).post("/notices/reading/")
    assert set(Notice.objects.unread().values_list("person", flat=True)) == {bob.pk}


def test_another_persons_notice_is_not_there(browser_of: Any, team: Team, alice: User, bob: User) -> None:
    say(team, alice)
    assert browser_of(bob).get(f"/notices/{Notice.objects.get().pk}/").status_code == 404
    assert "Spring" not in browser_of(bob).get("/notices/").content.decode()


def test_who_has_left_the_team_neither_reads_nor_gets_mail(browser_of: Any, team: Team, bob: User) -> None:
    say(team, bob)
    Membership.objects.filter(user=bob).delete()
    assert browser_of(bob).get(f"/notices/{Notice.objects.get().pk}/").status_code == 404
    assert not mail_notices()


def test_a_notice_is_mailed_once_with_a_way_to_its_page(team: Team, alice: User, settings: Any) -> None:
    say(team, alice, title="Spring has\nused 80 %")
    assert [mail_notices(), mail_notices()] == [True, False]
    (sent,) = mail.outbox
    assert sent.subject == "[Rivya Team Console] Spring has used 80 %"
    assert sent.to == [alice.email]
    assert sent.from_email == f"Rivya Team Console <console@{urlsplit(settings.PUBLIC_URL).hostname}>"
    assert f"{settings.PUBLIC_URL}/budgets/" in sent.body


def test_nobody_is_mailed_who_does_not_want_it(browser_of: Any, team: Team, alice: User) -> None:
    browser_of(alice).post("/notices/mail/", {})
    say(team, alice)
    assert not mail_notices()
    browser_of(alice).post("/notices/mail/", {"wants_mail": "on"})
    assert mail_notices()


def test_a_mail_server_that_is_away_loses_nothing(team: Team, alice: User, settings: Any) -> None:
    say(team, alice)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 9,
    )  # fmt: skip
    assert not mail_notices()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail_notices()
    assert len(mail.outbox) == 1


class Choosy(EmailBackend):
    """A mail server that knows no Bob."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if any("bob@example.com" in message.to for message in messages):
            raise SMTPRecipientsRefused({"bob@example.com": (550, b"unknown")})
        return super().send_messages(messages)


def test_an_address_that_is_refused_holds_nobody_up(team: Team, alice: User, bob: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    say(team, bob)
    say(team, alice)
    assert [mail_notices(), mail_notices()] == [True, False]
    assert [sent.to for sent in mail.outbox] == [[alice.email]]


class Deadly(EmailBackend):
    """The worker is killed in mid-mail."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise SystemExit


class DeadlyAfterwards(EmailBackend):
    """The worker is killed as soon as the mail server took it."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        super().send_messages(messages)
        raise SystemExit


@pytest.mark.parametrize(("backend", "mails"), [(Deadly, 1), (DeadlyAfterwards, 2)])
def test_a_killed_worker_loses_no_mail(
    team: Team, alice: User, settings: Any, backend: type[EmailBackend], mails: int
) -> None:
    say(team, alice)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.{backend.__name__}"
    with pytest.raises(SystemExit):
        mail_notices()
    settings.EMAIL_BACKEND = usual
    assert not mail_notices(), "the other worker may still be at it"
    with time_machine.travel(timezone.now() + timedelta(seconds=LEASE_SECONDS + 1), tick=False):
        assert [mail_notices(), mail_notices()] == [True, False]
    assert len(mail.outbox) == mails
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1, "a mail program shows it once"


def test_two_notices_are_two_mails(team: Team, alice: User) -> None:
    say(team, alice)
    say(team, alice, key="budget-100")
    assert mail_notices()
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2


def test_old_news_is_not_mailed(team: Team, alice: User) -> None:
    say(team, alice)
    Notice.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert not mail_notices()


def test_an_empty_page_says_what_will_be_here(browser_of: Any, alice: User) -> None:
    assert "Nothing yet" in browser_of(alice).get("/notices/").content.decode()

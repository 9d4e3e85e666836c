"""The pages of the wallet: what is left, until when, and every change down to the work behind it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit.models import AuditEvent
from console.credits.forecasting import forecast
from console.credits.models import WalletInterval, WalletSample
from console.keys.models import Account, Key
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.conftest import Sandbox
from tests.credits.watching import hang, look, sent, studio
from tests.factories import make_job, make_user
from tests.jobs.following import turn_until_done

pytestmark = pytest.mark.django_db
PAGE = "/wallet/"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def went(account: Account, *, days: int, explained: int = 0, unexplained: int = 0) -> WalletInterval:
    """A wallet that changed so much, ending now."""
    now = timezone.now()
    change = explained + unexplained
    return WalletInterval.objects.create(
        account=account, from_at=now - timedelta(days=days), to_at=now, before=0, after=change, explained=explained,
        unexplained=unexplained, is_final=True,
    )  # fmt: skip


def test_without_a_key_there_is_no_wallet(alice: User, browser_of: Any) -> None:
    assert "No wallet to read" in text_of(browser_of(alice), PAGE)


def test_the_page_tells_balance_open_work_and_history(
    project: Project, alice: User, sandbox: Sandbox, browser_of: Any
) -> None:
    client = browser_of(alice)
    assert "not read yet" in text_of(client, PAGE)
    look()
    hang(sandbox)
    sent(project, alice)
    make_job(project, alice)
    studio(sandbox, -4)
    look()
    page = text_of(client, PAGE)
    assert "995" in page
    assert "1 taken already, 1 still to be taken" in page
    assert "Not known yet" in page
    assert "The same as a table" in page
    assert "Studio, another team or another system spent it" in page
    assert "style=" not in page


def test_every_range_and_every_odd_one_is_drawn(key: Key, sandbox: Sandbox, alice: User, browser_of: Any) -> None:
    for days in (200, 50, 20, 3, 1):
        at = timezone.now() - timedelta(days=days)
        WalletSample.objects.create(account=key.account, balance=days, asked_at=at, at=at, still_at=at)
    client = browser_of(alice)
    for asked in ("7", "30", "90", "365", "-1", "x", "\0"):
        assert "wallet-line" in client.get(PAGE, {"days": asked}).content.decode()


def test_a_low_wallet_says_who_tops_it_up(key: Key, team: Team, alice: User, bob: User, browser_of: Any) -> None:
    Account.objects.update(balance=7, balance_at=timezone.now())
    settings = reverse("teams:settings")
    assert f'href="{settings}"' in text_of(browser_of(alice), PAGE).split("This wallet is low")[1]
    assert f'href="{settings}"' not in text_of(browser_of(bob), PAGE).split("This wallet is low")[1]
    Team.objects.update(billing_contact="Dana <dana@example.com>")
    assert "Dana &lt;dana@example.com&gt; tops it up at Rivya" in text_of(browser_of(bob), PAGE)


def test_the_forecast_takes_three_days_counts_drift_and_not_top_ups(key: Key) -> None:
    account, now = key.account, timezone.now()
    account.balance = 100
    went(account, days=2, explained=-30)
    assert forecast(account, "UTC", now, to_be_taken=0) is None
    WalletInterval.objects.all().delete()
    went(account, days=5, explained=-30, unexplained=-20)
    told = forecast(account, "UTC", now, to_be_taken=20)
    assert told is not None
    assert (told.a_day_words, told.days) == ("10", 5)
    assert told.on == (now + timedelta(days=8)).date()
    WalletInterval.objects.update(unexplained=500)
    told = forecast(account, "UTC", now, to_be_taken=0)
    assert told is not None
    assert told.a_day_words == "6"


def test_a_wallet_that_nobody_uses_lasts(key: Key) -> None:
    key.account.balance = 100
    went(key.account, days=5)
    told = forecast(key.account, "UTC", timezone.now(), to_be_taken=0)
    assert told is not None
    assert told.on is None


def test_an_interval_opens_down_to_its_jobs(project: Project, alice: User, sandbox: Sandbox, browser_of: Any) -> None:
    look()
    job = turn_until_done(make_job(project, alice))
    studio(sandbox, -1)
    look()
    row = WalletInterval.objects.drifting().get()
    page = text_of(browser_of(alice), reverse("credits:wallet_interval", args=[row.pk]))
    assert reverse("jobs:show", args=[job.pk]) in page
    assert "No job and no chat turn of this team took" in page


def test_an_admin_explains_a_drift_and_the_audit_keeps_it(
    team: Team, key: Key, sandbox: Sandbox, bob: User, browser_of: Any
) -> None:
    look()
    studio(sandbox, -3)
    look()
    row = WalletInterval.objects.drifting().get()
    path = reverse("credits:wallet_explanation", args=[row.pk])
    assert browser_of(bob).post(path, {"note": "Me"}).status_code == 403
    client = browser_of(make_user("ann", team, Role.ADMIN))
    assert client.post(path, {"note": "  "}).status_code == 422
    assert client.post(path, {"note": "x" * 281}).status_code == 422
    assert client.post(path, {"note": "A film in Studio"}).status_code == 302
    assert not WalletInterval.objects.drifting().exists()
    event = AuditEvent.objects.get(act="wallet.drift_explained")
    assert event.after == {"note": "A film in Studio", "credits": -3, "account": "Rivya account"}
    assert "Everything is explained" in text_of(
        client, reverse("credits:wallet_account", args=[key.account_id]) + "?show=unexplained"
    )


def test_what_is_still_being_worked_out_takes_no_explanation(
    project: Project, alice: User, sandbox: Sandbox, browser_of: Any
) -> None:
    look()
    hang(sandbox)
    sent(project, alice)
    studio(sandbox, -3)
    look()
    row = WalletInterval.objects.drifting().get()
    path = reverse("credits:wallet_explanation", args=[row.pk])
    assert "still being worked out" in browser_of(alice).post(path, {"note": "Studio"}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.note == ""


def test_changes_come_in_pages(key: Key, alice: User, browser_of: Any) -> None:
    now = timezone.now()
    for number in range(60):
        WalletInterval.objects.create(
            account=key.account, from_at=now, to_at=now + timedelta(seconds=number), before=number, after=number + 1
        )
    client, path = browser_of(alice), reverse("credits:wallet_account", args=[key.account_id])
    first = client.get(path)
    assert len(first.context["rows"]) == 50
    second = client.get(path + first.context["older_url"])
    assert len(second.context["rows"]) == 10
    assert not set(first.context["rows"]) & set(second.context["rows"])
    for odd in ("x", "2026-13-45T00:00:00Z", "2026-11-11", "\0"):
        assert client.get(path, {"before": odd}).status_code == 200


def test_credits_run_out_says_who_owns_the_wallet_and_where(
    project: Project, team: Team, alice: User, bob: User, browser_of: Any
) -> None:
    job = turn_until_done(make_job(project, alice, prompt="[broke]"))
    path = reverse("jobs:show", args=[job.pk])
    page = text_of(browser_of(alice), path)
    assert "The wallet is too low" in page
    assert f'href="{reverse("teams:settings")}"' in page
    page = text_of(browser_of(bob), path)
    assert "An owner or admin can name a billing contact" in page
    Team.objects.update(billing_contact="Dana in Finance")
    page = text_of(browser_of(bob), path)
    assert "Dana in Finance tops up Rivya account at Rivya" in page
    assert f'href="{PAGE}"' in page

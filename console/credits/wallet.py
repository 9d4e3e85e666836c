"""The wallets of a team as its pages show them: a snapshot, at most a minute old, never a guarantee."""

from datetime import timedelta

from django.utils import timezone

from console.credits.balances import ask_all
from console.credits.models import WalletWatch
from console.credits.sampling import note_reading
from console.keys import clients
from console.keys.models import Account, Secret
from console.teams.models import Team

FRESH = timedelta(minutes=1)


def accounts(team: Team) -> list[Account]:
    """The team's accounts that a live key reads, each with a balance as fresh as Rivya lets us have it.

    When Rivya does not answer in time the last known balance stays, with its age.
    """
    found = known_accounts(team)
    now = timezone.now()
    waiting = WalletWatch.objects.exclude(trouble="").filter(account__team=team, due_at__gt=now)
    not_now = set(waiting.values_list("account_id", flat=True))
    stale = [
        account
        for account in found
        if account.pk not in not_now and (not account.balance_at or now - account.balance_at > FRESH)
    ]
    for reading in clients.from_sync(ask_all)(stale) if stale else ():
        note_reading(reading)
    return found


def known_accounts(team: Team) -> list[Account]:
    """The same accounts as last read; Rivya is not asked."""
    live = Account.objects.filter(team=team, keys__secrets__state__in=Secret.LIVE)
    return list(live.distinct().order_by("created_at"))

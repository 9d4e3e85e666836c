"""What Rivya says is in the wallet of each account: a snapshot, at most a minute old, never a guarantee."""

import asyncio
from datetime import timedelta

from django.utils import timezone

from console import rivya
from console.keys import clients
from console.keys.models import Account, Secret
from console.teams.models import Team

FRESH = timedelta(minutes=1)
PATIENCE_SECONDS = 3.0
LOW_CREDITS = 50


def accounts(team: Team) -> list[Account]:
    """The team's accounts that a live key reads, each with a balance as fresh as Rivya lets us have it."""
    found = list(
        Account.objects.filter(team=team, keys__secrets__state__in=Secret.LIVE).distinct().order_by("created_at")
    )
    stale = [account for account in found if not account.balance_at or timezone.now() - account.balance_at > FRESH]
    if stale:
        clients.from_sync(_read_all)(stale)
    return found


async def _read_all(stale: list[Account]) -> None:
    await asyncio.gather(*(_read(account) for account in stale))


async def _read(account: Account) -> None:
    """One `GET /credits`; when Rivya does not answer in time the last known balance stays, with its age."""
    secret = await Secret.objects.filter(key__account=account, state=Secret.State.ACTIVE).order_by("-version").afirst()
    if secret is None:
        return
    try:
        client = clients.client_for(secret, account.team_id).with_options(attempts=1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await client.credits.retrieve()
    except (rivya.RivyaError, clients.CannotOpen, TimeoutError):
        return
    account.balance, account.balance_at = answer.current_credits, timezone.now()
    await Account.objects.filter(pk=account.pk).aupdate(balance=account.balance, balance_at=account.balance_at)

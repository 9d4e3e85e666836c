"""Ask Rivya what is in wallets: the network half, which writes nothing down."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from console import rivya
from console.keys import clients
from console.keys.models import Account, Secret

PATIENCE_SECONDS: Final = 3.0
SCOPE: Final = "credits:read"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one `GET /credits`. Without `credits`: `error` says why, or there was no secret to ask with."""

    account: Account
    asked_at: datetime
    at: datetime
    secret_id: UUID | None = None
    credits: rivya.Credits | None = None
    error: rivya.RivyaError | None = None


async def ask_all(accounts: Iterable[Account]) -> list[Reading]:
    """One reading an account, all at once, each within three seconds."""
    return list(await asyncio.gather(*(_ask(account) for account in accounts)))


async def _ask(account: Account) -> Reading:
    asked_at = timezone.now()
    secret = await _reader(account)
    if secret is None:
        return Reading(account, asked_at, asked_at)
    credits: rivya.Credits | None = None
    error: rivya.RivyaError | None = None
    try:
        client = clients.client_for(secret, account.team_id).with_options(attempts=1)
        asked_at = timezone.now()
        async with asyncio.timeout(PATIENCE_SECONDS):
            credits = await client.credits.retrieve()
    except clients.CannotOpen:
        return Reading(account, asked_at, asked_at)
    except rivya.RivyaError as failed:
        error = failed
    except TimeoutError:
        error = rivya.TimedOut()
    return Reading(account, asked_at, timezone.now(), secret.pk, credits, error)


async def _reader(account: Account) -> Secret | None:
    """The secret to ask with: one that is known to read balances before one that may, the newest first."""
    live = Secret.objects.filter(key__account=account, state__in=Secret.LIVE).order_by("-added_at")
    able = [secret async for secret in live if secret.scopes.get(SCOPE) != "no"]
    return min(able, key=lambda secret: secret.scopes.get(SCOPE) != "yes", default=None)

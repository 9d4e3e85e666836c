"""The history of a busy wallet: another balance every minute, thinned out as the worker does."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.million_jobs import adapted, insert_into
from benchmarks.million_lines import TIDY
from console.credits.models import WalletSample, WalletWatch
from console.credits.sampling import HOURLY_UNTIL, WHOLE_FOR
from console.keys.models import Account, Secret

YEAR = timedelta(days=365)


def seed_wallet(account: Account) -> None:
    """A year of readings and of what lies between them; a wallet that has readings stays as it is."""
    if WalletSample.objects.exists():
        return
    for key in account.keys.all():
        Secret.objects.create(key=key, sealed=b"-", fingerprint=key.name, last_four="0000")
    rows = list(readings())
    samples = (
        {"account_id": account.pk, "balance": balance, **dict.fromkeys(("asked_at", "at", "still_at"), at)}
        for at, balance in rows
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for table, found in (("walletsample", list(samples)), ("walletinterval", list(intervals(account, rows)))):
            cursor.executemany(insert_into(f"credits_{table}", found[0]), [adapted(row) for row in found])
    with connection.cursor() as cursor:
        cursor.execute(TIDY[connection.vendor])
    at, balance = rows[-1]
    Account.objects.filter(pk=account.pk).update(balance=balance, balance_at=at)
    WalletWatch.objects.create(account=account, due_at=at + YEAR, reconciled_at=at)


def readings() -> Iterator[tuple[datetime, int]]:
    rng, now, balance = random.Random(3), timezone.now().replace(second=7, microsecond=250_000), 90_000
    at = now - YEAR
    while at < now:
        balance = balance - rng.randint(1, 9) if balance > 1000 else 90_000
        yield at, balance
        age = now - at
        at += timedelta(minutes=1) if age <= WHOLE_FOR else timedelta(hours=1 if age <= HOURLY_UNTIL else 24)


def intervals(account: Account, rows: list[tuple[datetime, int]]) -> Iterator[dict[str, Any]]:
    """Two jobs explain each; of every hundredth a credit is not explained."""
    rng = random.Random(4)
    for place, ((from_at, before), (to_at, after)) in enumerate(pairwise(rows)):
        unexplained = -1 if place % 100 == 0 else 0
        explained = after - before - unexplained
        moves = [[str(UUID(int=rng.getrandbits(128))), "job", "model-1", part, True] for part in (explained + 1, -1)]
        yield {
            "id": UUID(int=rng.getrandbits(128)),
            "account_id": account.pk,
            "from_at": from_at,
            "to_at": to_at,
            "before": before,
            "after": after,
            "explained": explained,
            "under_way": 0,
            "unexplained": unexplained,
            "moves": json.dumps(moves),
            "move_count": 2,
            "maybe": "[]",
            "is_quiet": False,
            "is_final": True,
            "carried": 0,
            "left_open": "[]",
            "note": "",
        }

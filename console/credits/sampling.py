"""Keep the history of every wallet: read each once a minute, write down what changed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from console import rivya
from console.credits.balances import SCOPE, Reading, ask_all
from console.credits.low_balance import watch_level
from console.credits.models import Entry, WalletSample, WalletWatch
from console.keys import clients
from console.keys.models import Account, Secret
from console.keys.refusing import mark_refused
from console.keys.scopes import note_scope

EVERY: Final = timedelta(minutes=1)
AT_LEAST_EVERY: Final = timedelta(minutes=15)  # a sample, though nothing changed
LONGEST_PAUSE: Final = timedelta(minutes=15)  # between two tries while Rivya does not answer
MOST_AT_ONCE: Final = 50
WHOLE_FOR: Final = timedelta(days=45)  # every sample; then one an hour
HOURLY_UNTIL: Final = timedelta(days=180)  # then one a day


def sample_wallets() -> bool:
    """Read the wallets that are due. Any number of workers may; returns whether there were any."""
    due = _claim_due()
    for reading in clients.from_sync(ask_all)(due) if due else ():
        note_reading(reading)
    return bool(due)


def note_reading(reading: Reading) -> None:
    """Write down what came of one reading: the balance, a sample if it says something new, or why there is none."""
    if reading.credits is None:
        _note_trouble(reading)
        return
    account, balance = reading.account, reading.credits.current_credits
    with transaction.atomic():
        watch = watch_of(account.pk)
        if not Account.objects.filter(Q(balance_at=None) | Q(balance_at__lt=reading.asked_at), pk=account.pk).update(
            balance=balance, balance_at=reading.at
        ):
            return  # another reading was under way at the same time, and is written down
        account.balance, account.balance_at = balance, reading.at
        _keep(reading, balance)
        watch.due_at, watch.trouble, watch.failures = reading.at + EVERY, WalletWatch.Trouble.NONE, 0
        watch_level(watch, account, balance, reading.at)
        watch.save(update_fields=["due_at", "trouble", "failures", "low_since"])
    if reading.secret_id:
        note_scope(reading.secret_id, SCOPE, holds=True)


def thin_samples() -> bool:
    """Of what is old keep the last sample an hour, of what is very old the last a day; returns whether any went."""
    now = timezone.now()
    return any(
        [
            _thin(TruncHour("at"), now - WHOLE_FOR, now - HOURLY_UNTIL),
            _thin(TruncDay("at"), now - HOURLY_UNTIL, None),
        ]
    )


def watch_of(account_id: UUID) -> WalletWatch:
    """The account's watch, locked until the end of the caller's transaction."""
    WalletWatch.objects.get_or_create(account_id=account_id, defaults={"due_at": timezone.now()})
    return WalletWatch.objects.select_for_update().get(account_id=account_id)


def _keep(reading: Reading, balance: int) -> None:
    """While nothing changes, the last sample is stretched; a line of ours in between asks for one of its own."""
    assert reading.credits  # noqa: S101 - tells the type
    last = WalletSample.objects.filter(account=reading.account).order_by("-at").first()
    if last and last.balance == balance and reading.at - last.at < AT_LEAST_EVERY and _was_quiet(last):
        last.still_at = reading.at
        last.save(update_fields=["still_at"])
        return
    WalletSample.objects.create(
        account=reading.account,
        balance=balance,
        asked_at=reading.asked_at,
        at=reading.at,
        still_at=reading.at,
        rivya_at=reading.credits.answered_at,
    )


def _was_quiet(last: WalletSample) -> bool:
    newest = Entry.objects.filter(account_id=last.account_id).order_by("-id").first()
    return newest is None or newest.at < last.asked_at


def _thin(span: TruncHour | TruncDay, until: datetime, since: datetime | None) -> bool:
    old = WalletSample.objects.filter(at__lt=until, **({"at__gte": since} if since else {}))
    last = old.order_by().annotate(span=span).values("account", "span").annotate(last=Max("id")).values("last")
    gone, _ = old.exclude(pk__in=last).delete()
    return gone > 0


def _claim_due() -> list[Account]:
    now = timezone.now()
    watched = Account.objects.filter(keys__secrets__state__in=Secret.LIVE).filter(
        Q(watch=None) | Q(watch__due_at__lte=now)
    )
    return [account for account in watched.distinct()[:MOST_AT_ONCE] if _claim(account.pk, now)]


def _claim(account_id: UUID, now: datetime) -> bool:
    watch, _ = WalletWatch.objects.get_or_create(account_id=account_id, defaults={"due_at": now})
    mine = WalletWatch.objects.filter(account_id=account_id, due_at=watch.due_at, due_at__lte=now)
    return bool(mine.update(due_at=now + EVERY))


def _note_trouble(reading: Reading) -> None:
    error = reading.error
    if isinstance(error, rivya.KeyRefused) and error.code and reading.secret_id:
        mark_refused(reading.secret_id, error.code)
    if isinstance(error, rivya.ScopeMissing) and reading.secret_id:
        note_scope(reading.secret_id, SCOPE, holds=False)
    with transaction.atomic():
        watch = watch_of(reading.account.pk)
        watch.trouble, watch.failures = _trouble(error), min(watch.failures + 1, 10)
        watch.due_at = reading.at + _pause(error, watch.failures)
        watch.save(update_fields=["due_at", "trouble", "failures"])


def _trouble(error: rivya.RivyaError | None) -> WalletWatch.Trouble:
    match error:
        case None:
            return WalletWatch.Trouble.NO_KEY
        case rivya.KeyRefused():
            return WalletWatch.Trouble.REFUSED
        case rivya.ScopeMissing():
            return WalletWatch.Trouble.SCOPE
        case rivya.TooMany():
            return WalletWatch.Trouble.BUSY
        case _:
            return WalletWatch.Trouble.SILENT


def _pause(error: rivya.RivyaError | None, failures: int) -> timedelta:
    """A key that was refused may have a neighbour that works: that one is tried in a minute."""
    asked = timedelta(seconds=error.retry_after_seconds or 0) if isinstance(error, rivya.Refused) else timedelta()
    if isinstance(error, rivya.KeyRefused | rivya.ScopeMissing):
        return EVERY
    return max(asked, min(EVERY * (1 << (failures - 1)), LONGEST_PAUSE))

"""The day a wallet runs dry, if it goes on as it went."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Case, F, IntegerField, Q, Sum, When

from console.credits.ledger import day_in
from console.credits.models import WalletInterval
from console.keys.models import Account

LOOK_BACK: Final = timedelta(days=14)
ENOUGH: Final = timedelta(days=3)
FURTHEST_DAYS: Final = 3650


@dataclass(frozen=True, slots=True)
class Forecast:
    """`a_day`: credits that left the wallet a day, on average of `days` days. `on` is None when it lasts for years."""

    a_day: float
    days: int
    on: date | None
    to_be_taken: int

    @property
    def is_soon(self) -> bool:
        return self.on is not None

    @property
    def a_day_words(self) -> str:
        return f"{self.a_day:,.0f}" if self.a_day >= 10 else f"{self.a_day:,.1f}".removesuffix(".0")


def forecast(account: Account, time_zone: str, now: datetime, *, to_be_taken: int) -> Forecast | None:
    """None with fewer than three days of history or no balance. Top-ups are not counted on, open work is."""
    recent = WalletInterval.objects.filter(account=account, to_at__gt=now - LOOK_BACK)
    first = recent.order_by("to_at").first()
    found = recent.aggregate(
        ours=Sum(F("explained") + F("under_way")),
        others=Sum(Case(When(Q(unexplained__lt=0), then=F("unexplained")), default=0, output_field=IntegerField())),
    )
    since = max(first.from_at, now - LOOK_BACK) if first else now
    if account.balance is None or now - since < ENOUGH:
        return None
    days = (now - since) / timedelta(days=1)
    a_day = -((found["ours"] or 0) + (found["others"] or 0)) / days
    left = max(0, account.balance - to_be_taken)
    lasts = left / a_day if a_day > 0 else FURTHEST_DAYS + 1
    on = day_in(time_zone, now + timedelta(days=lasts)) if lasts <= FURTHEST_DAYS else None
    return Forecast(max(0.0, a_day), round(days), on, to_be_taken)

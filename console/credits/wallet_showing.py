"""One wallet as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from console.credits.forecasting import Forecast, forecast
from console.credits.low_balance import is_low
from console.credits.models import WalletInterval, WalletIntervalQuerySet, WalletWatch
from console.credits.movements import Work
from console.credits.reconciling import open_work
from console.credits.wallet_history import History, history
from console.keys.models import Account, Key, Secret
from console.teams.models import Team
from console.ui.templatetags.ui import signed

LATEST = 8


@dataclass
class Wallet:
    """`days` is how far back its history is drawn."""

    account: Account
    team: Team
    days: int

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def is_low(self) -> bool:
        return is_low(self.team, self.account.balance)

    @cached_property
    def watch(self) -> WalletWatch | None:
        return WalletWatch.objects.filter(account=self.account).first()

    @cached_property
    def keys(self) -> list[Key]:
        """Those that are alive; a key is told by whether it may see the balance."""
        live = Key.objects.filter(account=self.account, secrets__state__in=Secret.LIVE).distinct()
        return list(live.prefetch_related("secrets").order_by("name"))

    @cached_property
    def readers(self) -> list[Key]:
        return [key for key in self.keys if any(_reads(secret) for secret in key.secrets.all())]

    @cached_property
    def history(self) -> History | None:
        return history(self.account, self.team, self.days, self.now)

    @cached_property
    def taken(self) -> int:
        """Credits that Rivya has taken for work that has not ended."""
        return sum(-work.sums()[-1] for work in self._open if work.is_sure)

    @cached_property
    def to_be_taken(self) -> int:
        """Credits of work that Rivya has not confirmed yet."""
        return sum(work.asked_credits for work in self._open if not work.is_sure)

    @property
    def open_held(self) -> int:
        return self.taken + self.to_be_taken

    @property
    def open_count(self) -> int:
        return len(self._open)

    @cached_property
    def forecast(self) -> Forecast | None:
        return forecast(self.account, self.team.time_zone, self.now, to_be_taken=self.to_be_taken)

    @cached_property
    def latest(self) -> Sequence[WalletInterval]:
        return list(self._intervals.moving().order_by("-to_at")[:LATEST])

    @property
    def drift_count(self) -> int:
        return len(self._drifts)

    @property
    def drift_words(self) -> str:
        """What nobody explained: what came and what went, never one less the other."""
        down, up = sum(each for each in self._drifts if each < 0), sum(each for each in self._drifts if each > 0)
        return ", ".join(signed(sum_) for sum_ in (down, up) if sum_) or "0"

    @cached_property
    def _drifts(self) -> list[int]:
        return list(self._intervals.drifting().order_by().values_list("unexplained", flat=True))

    @cached_property
    def _open(self) -> list[Work]:
        return open_work(self.account.pk)

    @property
    def _intervals(self) -> WalletIntervalQuerySet:
        return WalletInterval.objects.filter(account=self.account)


def _reads(secret: Secret) -> bool:
    return secret.is_live and secret.scopes.get("credits:read") != "no"

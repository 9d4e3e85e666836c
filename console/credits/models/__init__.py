"""The rows of credits. Credits are integers; Rivya's `reserved` and `final` figures are the only prices."""

from console.credits.models.budget import Budget
from console.credits.models.budget_ask import BudgetAsk
from console.credits.models.day_usage import NOBODY, DayUsage, Unrolled
from console.credits.models.entry import Entry, EntryQuerySet
from console.credits.models.usage_sum import UsageSum
from console.credits.models.wallet_interval import WalletInterval, WalletIntervalQuerySet
from console.credits.models.wallet_sample import WalletSample, WalletWatch

__all__ = [
    "NOBODY",
    "Budget",
    "BudgetAsk",
    "DayUsage",
    "Entry",
    "EntryQuerySet",
    "Unrolled",
    "UsageSum",
    "WalletInterval",
    "WalletIntervalQuerySet",
    "WalletSample",
    "WalletWatch",
]

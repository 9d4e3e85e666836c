"""What a wallet did between two readings, and how much of it our ledger explains."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

from console.keys.models import Account
from console.teams.models import Membership

# As a word of the statement, not a value handed over: SQLite uses an index of some rows only where it reads which.
_NOTHING = RawSQL("0", [])


class WalletIntervalQuerySet(models.QuerySet["WalletInterval"]):
    """Intervals, found through the asker."""

    def visible_to(self, user: Any) -> "WalletIntervalQuerySet":
        return self.filter(account__team__in=Membership.objects.seeing_all().filter(user=user).values("team"))

    def drifting(self) -> "WalletIntervalQuerySet":
        """Those that nobody can explain yet."""
        return self.exclude(unexplained=_NOTHING).filter(note="")

    def moving(self) -> "WalletIntervalQuerySet":
        """Those in which anything happened."""
        return self.exclude(is_quiet=True)


class WalletInterval(models.Model):
    """`after - before = explained + under_way + unexplained`, in credits, negative where the wallet fell.

    `under_way`: taken, it seems, by work that Rivya has not confirmed yet. `moves` are the parts of `explained` and
    `under_way`, each `[subject, kind, model, credits, is_sure]`; `maybe` are subjects of unknown outcome that would
    explain the rest. Until `is_final` an interval is worked out anew with every reading. `carried` is what of the work
    that was going on at its end is counted before it; `left_open` are the subjects that had not ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="intervals")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    before = models.IntegerField()
    after = models.IntegerField()
    explained = models.IntegerField(default=0)
    under_way = models.IntegerField(default=0)
    unexplained = models.IntegerField(default=0)
    moves = models.JSONField(default=list)
    move_count = models.PositiveIntegerField(default=0)
    maybe = models.JSONField(default=list)
    is_quiet = models.BooleanField(default=False)
    is_final = models.BooleanField(default=False)
    carried = models.IntegerField(default=0)
    left_open = models.JSONField(default=list)
    note = models.CharField(max_length=280, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    noted_at = models.DateTimeField(null=True)

    objects = WalletIntervalQuerySet.as_manager()

    class Meta:
        ordering = ["-to_at"]
        constraints = [models.UniqueConstraint(fields=["account", "to_at"], name="one_interval_an_end")]
        indexes = [
            models.Index(fields=["account", "-to_at"], condition=~models.Q(unexplained=0), name="interval_unexplained"),
            models.Index(fields=["account", "-to_at"], condition=models.Q(is_quiet=False), name="interval_moving"),
            models.Index(fields=["account", "to_at", "explained", "under_way", "unexplained"], name="interval_sums"),
        ]

    def __str__(self) -> str:
        return f"{self.change:+} credits until {self.to_at:%Y-%m-%d %H:%M}"

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def ours(self) -> int:
        return self.explained + self.under_way

    @property
    def lost(self) -> int:
        """What left the wallet without an explanation, as a number of credits."""
        return -self.unexplained

    @property
    def state(self) -> str:
        """One word: quiet, explained, under_way, maybe, noted or unexplained."""
        if self.unexplained:
            return "noted" if self.note else "maybe" if self.maybe else "unexplained"
        return "under_way" if self.under_way else "quiet" if self.is_quiet else "explained"

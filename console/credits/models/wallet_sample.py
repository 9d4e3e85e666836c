"""What Rivya said was in a wallet, and when."""

from django.db import models

from console.keys.models import Account


class WalletSample(models.Model):
    """One reading of a balance. The figure was true at some moment between `asked_at` and `at`, by our clock.

    `still_at` is the last reading that said the same while our ledger wrote nothing. `rivya_at` is the Date header of
    the first answer, in whole seconds: kept to be looked at, never reckoned with, since a proxy may have written it.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="samples")
    balance = models.IntegerField()
    asked_at = models.DateTimeField()
    at = models.DateTimeField()
    still_at = models.DateTimeField()
    rivya_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["account", "at"], name="one_sample_a_moment")]
        indexes = [models.Index(fields=["account", "at", "balance"], name="sample_balance")]

    def __str__(self) -> str:
        return f"{self.balance} credits at {self.at:%Y-%m-%d %H:%M:%S}"


class WalletWatch(models.Model):
    """How the worker looks after one wallet: when it is read next, why it could not be, and whether it is low."""

    class Trouble(models.TextChoices):
        NONE = "", "None"
        NO_KEY = "no_key", "No working key of this account may see the balance."
        REFUSED = "refused", "Rivya refused the key that reads this balance."
        SCOPE = "scope", "The key may not see the balance."
        BUSY = "busy", "Rivya asked to be read less often."
        SILENT = "silent", "Rivya does not answer at the moment."

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="watch")
    due_at = models.DateTimeField()
    trouble = models.CharField(max_length=8, choices=Trouble.choices, blank=True, default=Trouble.NONE)
    failures = models.PositiveSmallIntegerField(default=0)
    low_since = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)  # the reading up to which the intervals were worked out

    def __str__(self) -> str:
        return f"Watch of {self.account_id}"

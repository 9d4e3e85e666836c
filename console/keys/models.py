"""Rivya accounts, keys with a purpose, and the sealed secrets behind them."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from console.teams.belonging import member
from console.teams.models import Team


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts, found through the asker."""

    def visible_to(self, user: Any) -> "AccountQuerySet":
        return self.filter(member(user))


class Account(models.Model):
    """One Rivya account: one wallet, one set of files and tasks. Several keys may share it.

    Rivya never says which account a key belongs to; `keys/accounts.py` finds it out. `balance` is in credits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="accounts")
    label = models.CharField(max_length=80)
    balance = models.IntegerField(null=True)
    balance_at = models.DateTimeField(null=True)
    may_be_another = models.BooleanField(
        default=False
    )  # perhaps one of the team's other accounts: not proven either way
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.label


class Landmark(models.Model):
    """Something only the keys of this account can read at Rivya: it tells whose a new key is."""

    class Kind(models.TextChoices):
        GENERATION = "generation", "Job"
        FILE = "file", "File"
        SESSION = "session", "Chat session"
        ENDPOINT = "endpoint", "Webhook endpoint"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="landmarks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rivya_id = models.CharField(max_length=512)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-noted_at"]
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="landmark_once_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.account}"


class KeyQuerySet(models.QuerySet["Key"]):
    """Keys, found through the asker."""

    def visible_to(self, user: Any) -> "KeyQuerySet":
        return self.filter(member(user))

    def usable(self) -> "KeyQuerySet":
        return self.filter(state=Key.State.ACTIVE)


class Key(models.Model):
    """A Rivya API key with one purpose. Its state is the state of the best secret it has."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        REFUSED = "refused", "Refused by Rivya"
        UNOPENABLE = "unopenable", "Cannot be opened"
        RETIRED = "retired", "Retired"

    class Environment(models.TextChoices):
        PRODUCTION = "production", "Production"
        STAGING = "staging", "Staging"
        DEVELOPMENT = "development", "Development"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="keys")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=80)
    purpose = models.SlugField(max_length=80)
    environment = models.CharField(max_length=12, choices=Environment.choices, default=Environment.PRODUCTION)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "purpose", "environment"],
                condition=~models.Q(state="retired"),
                name="one_key_a_purpose",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_retired(self) -> bool:
        return self.state == self.State.RETIRED

    def current_secret(self) -> "Secret | None":
        """The newest active secret: what new jobs are sent with."""
        return self.secrets.filter(state=Secret.State.ACTIVE).order_by("-version").first()

    def newest_secret(self) -> "Secret | None":
        """What the key is shown by, whatever its state; from the prefetched secrets when there are any."""
        return max(self.secrets.all(), key=lambda secret: secret.version, default=None)

    def retiring_secret(self) -> "Secret | None":
        """The old secret while the key is being replaced; from the prefetched secrets when there are any."""
        return next((secret for secret in self.secrets.all() if secret.state == Secret.State.RETIRING), None)


class Secret(models.Model):
    """One pasted secret, sealed. While a key is being replaced it has two that work: the old one is `retiring`.

    A retired secret keeps its name tag (last four, fingerprint) but not its sealed value: that is emptied.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        RETIRING = "retiring", "Being replaced"
        REFUSED = "refused", "Refused by Rivya"
        UNOPENABLE = "unopenable", "Cannot be opened"
        RETIRED = "retired", "Retired"

    LIVE = (State.ACTIVE, State.RETIRING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="secrets")
    version = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    scopes = models.JSONField(default=dict)  # scope -> "yes" | "no" | "unproven"
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=64, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="secret_version")]
        indexes = [models.Index(fields=["fingerprint"], name="secret_fingerprint")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version} (…{self.last_four})"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE


class Canary(models.Model):
    """One known value, sealed when the console was first started: a keyset that does not open it is not ours."""

    SEALED_TABLE: ClassVar = "keys_canary"

    id = models.UUIDField(primary_key=True, editable=False)
    sealed = models.BinaryField()

    class Meta:
        verbose_name_plural = "canaries"

    def __str__(self) -> str:
        return "The canary"

    @property
    def sealed_for_team(self) -> uuid.UUID:
        """Of no team: it tells of the keyset alone."""
        return uuid.UUID(int=0)

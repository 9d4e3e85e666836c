"""Where Rivya rings: endpoints, the secrets they are signed with, and every request that came."""

import secrets
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from console.jobs.models import Job
from console.keys.models import Account, Key
from console.teams.belonging import member
from console.teams.models import Team


def new_door() -> str:
    """What nobody guesses: 192 bits, as a part of an address."""
    return secrets.token_urlsafe(24)


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Endpoints, found through the asker."""

    def visible_to(self, user: Any) -> "EndpointQuerySet":
        return self.filter(member(user))

    def kept(self) -> "EndpointQuerySet":
        """All but the deleted ones, which stay for their log."""
        return self.exclude(state=Endpoint.State.DELETED)

    def logged_after_deletion(self) -> "EndpointQuerySet":
        """The deleted ones whose log still holds something, the last deleted first."""
        kept = Delivery.objects.filter(endpoint=models.OuterRef("pk"))
        deleted = self.filter(models.Exists(kept), state=Endpoint.State.DELETED)
        return deleted.order_by(models.F("deleted_at").desc(nulls_last=True), "-created_at")


class Endpoint(models.Model):
    """One receiver of ours, registered at Rivya. The row is committed before Rivya is asked, and says what was begun.

    `state` is what we asked for; what Rivya says of it (`rivya_…`) is kept beside it, with the time it was read.
    """

    class State(models.TextChoices):
        REGISTERING = "registering", "Not finished"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        DELETED = "deleted", "Deleted"

    class Scheme(models.TextChoices):
        TIMESTAMP = "timestamp", "One header"
        STANDARD = "standard", "Three headers"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="endpoints")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="endpoints")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=80)
    door = models.CharField(max_length=64, unique=True, default=new_door, editable=False)
    submission = models.UUIDField(null=True)  # made with the form: the same form sent twice is one endpoint
    url = models.CharField(max_length=500)  # as Rivya was told: the console may get another address later
    scheme = models.CharField(max_length=9, choices=Scheme.choices, default=Scheme.TIMESTAMP)
    state = models.CharField(max_length=11, choices=State.choices, default=State.REGISTERING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    active_since = models.DateTimeField(null=True)
    rotating_since = models.DateTimeField(null=True)  # a rotation was begun, and its answer is not stored yet
    deleting_since = models.DateTimeField(null=True)  # likewise a deletion
    deleted_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)  # three jobs in a row ended without a word of it
    lease = models.UUIDField(null=True)  # of the act that is at Rivya right now (`turns.py`)
    leased_until = models.DateTimeField(null=True)

    rivya_id = models.CharField(max_length=512, blank=True)
    test_event_id = models.CharField(max_length=512, blank=True)  # of the last test that a person asked for
    rivya_status = models.CharField(max_length=64, blank=True)
    rivya_failures = models.PositiveIntegerField(null=True)
    rivya_success_at = models.DateTimeField(null=True)
    rivya_failure_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "submission"], condition=~Q(submission=None), name="one_endpoint_a_submission"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:show", args=[self.pk])

    @property
    def is_registered(self) -> bool:
        return self.state in {self.State.ACTIVE, self.State.PAUSED}

    @property
    def is_deleted(self) -> bool:
        return self.state == self.State.DELETED

    @property
    def is_gone_at_rivya(self) -> bool:
        """Rivya was asked and has no such endpoint any more."""
        return self.is_registered and self.rivya_status in {"revoked", "missing"}

    @property
    def is_stopped_by_rivya(self) -> bool:
        """Active as far as we asked, and Rivya says otherwise: perhaps after too many failures (A29)."""
        return self.state == self.State.ACTIVE and self.rivya_status not in {"", "active"}

    @property
    def is_at_rivya(self) -> bool:
        """Whether an act on it waits for Rivya's answer right now; or was cut off, and its time is not over yet."""
        return self.leased_until is not None and self.leased_until > timezone.now()

    @property
    def needs_resuming(self) -> bool:
        """Rivya sends it nothing before it is resumed, no test either: paused here, or stopped there."""
        is_stopped = self.state == self.State.PAUSED or self.is_stopped_by_rivya
        return is_stopped and not self.is_gone_at_rivya


class SigningSecret(models.Model):
    """What Rivya signs with, sealed like a key. After a rotation the old one is believed until `accepted_until`."""

    SEALED_TABLE: ClassVar = "webhooks_signingsecret"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="signing_secrets")
    sealed = models.BinaryField()
    last_four = models.CharField(max_length=4)
    added_at = models.DateTimeField(auto_now_add=True)
    accepted_until = models.DateTimeField(null=True)  # null: the one in use

    class Meta:
        ordering = ["-added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(accepted_until=None), name="one_signing_secret_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"signing secret …{self.last_four} of {self.endpoint_id}"

    @property
    def sealed_for_team(self) -> uuid.UUID:
        """The team that the sealed value is bound to."""
        return self.endpoint.team_id


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, found through the asker or by what is still to be done."""

    def visible_to(self, user: Any) -> "DeliveryQuerySet":
        return self.filter(member(user))

    def believed(self) -> "DeliveryQuerySet":
        return self.filter(verdict=Delivery.Verdict.ACCEPTED)


class Delivery(models.Model):
    """One request that knocked, what was thought of it, and what it did. Never its body: a doorbell, not a letter."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DUPLICATE = "duplicate", "Duplicate"
        NO_HEADER = "no_header", "No signature"
        UNREADABLE_HEADER = "unreadable_header", "Unreadable signature"
        CLOCK = "clock", "Clock is off"
        OLD_SECRET = "old_secret", "Old secret"
        WRONG_SECRET = "wrong_secret", "Wrong secret"
        WRONG_SCHEME = "wrong_scheme", "Other scheme"
        BODY_CHANGED = "body_changed", "Body changed"
        NO_MATCH = "no_match", "Signature does not fit"
        NOT_JSON = "not_json", "Not JSON"
        NOT_AN_EVENT = "not_an_event", "Not an event"
        TOO_BIG = "too_big", "Too big"

    class Effect(models.TextChoices):
        NONE = "none", "Nothing"
        RUNG = "rung", "Job is read again"
        BUSY = "busy", "Job is being read"
        ENDED = "ended", "Job had ended"
        REVIEW = "review", "Job needs review"
        WAITING = "waiting", "Job not known yet"
        STRANGE_JOB = "strange_job", "Unknown job"
        STRANGE_TYPE = "strange_type", "Unknown type"
        TEST = "test", "Test event"
        NO_TASK = "no_task", "No task"

    UNFINISHED: ClassVar = (Effect.WAITING, Effect.BUSY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    created_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now_add=True)
    times = models.PositiveIntegerField(default=1)  # the same again is counted here
    verdict = models.CharField(max_length=17, choices=Verdict.choices)
    effect = models.CharField(max_length=12, choices=Effect.choices, default=Effect.NONE)
    event_id = models.CharField(max_length=512, blank=True)
    event_type = models.CharField(max_length=512, blank=True)
    event_at = models.DateTimeField(null=True)
    task_id = models.CharField(max_length=512, blank=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    used_old_secret = models.BooleanField(default=False)
    clock_off_seconds = models.IntegerField(null=True)
    size_bytes = models.PositiveIntegerField(default=0)
    signature_mark = models.CharField(max_length=64, blank=True)  # SHA-256 of the signature headers
    header_names = models.JSONField(default=list)  # of what was refused: Rivya's own names are not documented
    address = models.GenericIPAddressField(null=True)
    answer_status = models.PositiveSmallIntegerField(default=200)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id"], condition=Q(verdict="accepted"), name="one_delivery_an_event"
            )
        ]
        indexes = [
            models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_endpoint"),
            models.Index(fields=["created_at"], name="delivery_age"),
            models.Index(fields=["created_at"], condition=Q(effect__in=["waiting", "busy"]), name="delivery_open"),
            models.Index(fields=["endpoint", "task_id"], condition=Q(verdict="accepted"), name="delivery_task"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.event_id}".strip()

    @property
    def is_believed(self) -> bool:
        return self.verdict in {self.Verdict.ACCEPTED, self.Verdict.DUPLICATE}

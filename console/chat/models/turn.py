"""One question and its answer: paid for once, kept whoever is looking."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from console.chat.models.conversation import Conversation
from console.keys.models import Secret
from console.projects.models import Project


class TurnQuerySet(models.QuerySet["Turn"]):
    """Turns, found through the asker or by what is due."""

    def visible_to(self, user: Any) -> "TurnQuerySet":
        return self.filter(conversation__project__in=Project.objects.visible_to(user))

    def unsettled(self) -> "TurnQuerySet":
        """Those whose money is not settled, stopped ones among them; a person's decision is not waited for."""
        return self.filter(finished_at=None).exclude(status=Turn.Status.NEEDS_REVIEW)

    def due(self, now: datetime | None = None) -> "TurnQuerySet":
        """Unsettled turns whose next look is due, whoever held them last."""
        return self.unsettled().filter(next_check_at__lte=now or timezone.now())

    def abandoned(self, now: datetime | None = None) -> "TurnQuerySet":
        """Those that no process holds."""
        return self.filter(models.Q(leased_until=None) | models.Q(leased_until__lt=now or timezone.now()))


class Turn(models.Model):
    """Question, exact bytes, key and reservation are one committed row before the first byte goes to Rivya.

    A turn is final once `finished_at` is set. `answer` is the committed text; while it is being written the text is in
    `TurnPiece` rows of the current send. A stopped or answered turn is final when it is known what was charged.
    """

    class Status(models.TextChoices):
        UNSENT = "unsent", "Sending"
        STREAMING = "streaming", "Answering"
        DONE = "done", "Answered"
        FAILED = "failed", "Failed"
        REFUSED = "refused", "Refused"
        STOPPED = "stopped", "Stopped"
        UNKNOWN = "unknown", "Outcome unknown"
        NEEDS_REVIEW = "needs_review", "Needs review"

    class Path(models.TextChoices):
        STREAM = "stream", "Streamed"
        JSON = "json", "Whole"

    OPEN: ClassVar = (Status.UNSENT, Status.STREAMING, Status.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="turns")
    position = models.PositiveIntegerField()
    submission = models.UUIDField(unique=True)  # made with the form: the same form sent twice is one turn
    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, related_name="turns")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="turns")
    retried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")

    question = models.TextField()
    controls = models.JSONField(default=dict)
    body = models.BinaryField()
    idempotency_key = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=6, choices=Path.choices, default=Path.STREAM)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNSENT)
    answer = models.TextField(blank=True)
    rivya_message_id = models.CharField(max_length=512, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    quoted_credits = models.PositiveIntegerField()
    reserved_credits = models.PositiveIntegerField(null=True)
    final_credits = models.PositiveIntegerField(null=True)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    total_tokens = models.PositiveIntegerField(null=True)

    created_at = models.DateTimeField(default=timezone.now)
    first_sent_at = models.DateTimeField(null=True)
    sends = models.PositiveIntegerField(default=0)  # counted before the first byte goes out
    clear_sends = models.PositiveIntegerField(default=0)  # sends whose answer surely means: not done
    first_text_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)  # looks into Rivya's session; once answered, replays asked for
    lease = models.UUIDField(null=True)  # its holder runs or recovers the turn, and says so again every few seconds
    leased_until = models.DateTimeField(null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["conversation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "position"], name="one_turn_a_position"),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(status__in=["unsent", "streaming", "unknown"]),
                name="one_open_turn_a_conversation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(finished_at=None) & ~models.Q(status="needs_review"),
                name="turn_due",
            ),
            models.Index(fields=["lease"], condition=models.Q(finished_at=None), name="turn_lease"),
            models.Index(fields=["rivya_message_id"], name="turn_rivya_message"),
        ]

    def __str__(self) -> str:
        return f"turn {self.pk}"  # support sees this: never what was said

    @property
    def is_open(self) -> bool:
        """Whether its answer may still come."""
        return self.status in self.OPEN

    @property
    def is_final(self) -> bool:
        return self.finished_at is not None

    @property
    def is_in_doubt(self) -> bool:
        """A send went unanswered: Rivya may or may not have the turn."""
        return self.sends > self.clear_sends

    @property
    def begins_session(self) -> bool:
        """Its bytes name no session: each send that Rivya takes may begin another, and the last one counts."""
        return "session_id" not in json.loads(bytes(self.body))

    @property
    def elapsed(self) -> timedelta:
        return (self.finished_at or timezone.now()) - self.created_at

"""What people wrote and did about a cause, and when it came back."""

import uuid

from django.conf import settings
from django.db import models

from console.failures.models.cause import Cause


class Note(models.Model):
    """One line of a cause's story; without a person it is the console's."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        ASSIGNED = "assigned", "Assigned"
        RESOLVED = "resolved", "Resolved"
        IGNORED = "ignored", "Ignored"
        REOPENED = "reopened", "Opened again"
        RETURNED = "returned", "Came back"
        RETRIED = "retried", "Tried again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="notes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["cause", "-at", "-id"], name="note_cause_recent")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.cause_id}"  # no text: support reads this

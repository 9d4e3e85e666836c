"""Who did what to what. Rows are only ever added; they keep plain ids, so they outlive what they speak of."""

import uuid
from datetime import datetime

from django.db import models


class AuditEvent(models.Model):
    """One act of one person (or of the console itself, when `actor_id` is empty)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    team_id = models.UUIDField(null=True)  # empty: no team's own, as when the keyset is rotated
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=254)
    act = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["team_id", "-at", "-id"], name="audit_team_recent"),
            models.Index(fields=["-at", "-id"], name="audit_recent"),
            # What a list of filters offers: `choices.py` hops over these from one value to the next.
            models.Index(fields=["team_id", "act"], name="audit_acts"),
            models.Index(fields=["team_id", "object_kind"], name="audit_kinds"),
            models.Index(fields=["team_id", "actor_id"], name="audit_people"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.act} {self.object_label}"

    @property
    def created_at(self) -> datetime:
        """Its time under the name that `console.ui.keyset` knows."""
        return self.at


class SearchEntry(models.Model):
    """A line's place in the index of filters and words, in the order in which lines were written.

    On SQLite a trigger puts it into the full-text table `audit_words`, row `id`; on PostgreSQL the database keeps the
    column `document` (migration `index_of_lines`). Lines are found by `console.audit.searching`, never through this.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.CASCADE, related_name="search_entry")
    facets = models.TextField()
    words = models.TextField()

    def __str__(self) -> str:
        return f"place of {self.event_id}"

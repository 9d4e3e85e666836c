"""Who did what to what. Rows are only ever added; they keep plain ids, so they outlive what they speak of."""

import uuid

from django.db import models


class AuditEvent(models.Model):
    """One act of one person (or of the console itself, when `actor_id` is empty)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    team_id = models.UUIDField(null=True)
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
        indexes = [models.Index(fields=["team_id", "-at", "-id"], name="audit_team_recent")]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.act} {self.object_label}"

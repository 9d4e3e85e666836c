"""Many failed jobs tried again: the quote, the progress, and what became of each."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.failures.models.cause import Cause
from console.jobs.models import Job


class BulkQuerySet(models.QuerySet["Bulk"]):
    """Bulk retries, found through the asker."""

    def visible_to(self, user: Any) -> "BulkQuerySet":
        return self.filter(cause__in=Cause.objects.visible_to(user))


class Bulk(models.Model):
    """`quoted_credits` is what it may spend at most: the sum of its jobs' prices when a person was asked."""

    class State(models.TextChoices):
        QUOTED = "quoted", "Waits for a yes"
        RUNNING = "running", "Running"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="bulks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUOTED)
    quoted_credits = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # no job of it waits any more

    objects = BulkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=models.Q(state="running"), name="one_running_bulk_a_cause"
            )
        ]
        indexes = [models.Index(fields=["cause", "-created_at"], name="bulk_cause_recent")]

    def __str__(self) -> str:
        return f"bulk retry {self.pk.hex[:8]}"


class BulkItem(models.Model):
    """One job of a bulk. `id` is the submission of the job it becomes: however often it is carried, that is one job."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Tried again"
        SKIPPED = "skipped", "Left out"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    new_job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    quoted_credits = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["bulk", "job"], name="one_item_a_bulk_and_job")]
        indexes = [
            models.Index(fields=["bulk", "position"], condition=models.Q(state="waiting"), name="bulk_item_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.state}"

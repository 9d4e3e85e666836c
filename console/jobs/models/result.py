"""What came out of a job, brought home."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from console.jobs.models.job import Job
from console.projects.models import Project


def stored_name(result: "Result", name: str) -> str:
    """Where a result's bytes lie in the storage."""
    return f"results/{result.job.team_id}/{result.job_id}/{result.index}-{name}"


class ResultQuerySet(models.QuerySet["Result"]):
    """Results, found through the asker or by what is due."""

    def visible_to(self, user: Any) -> "ResultQuerySet":
        return self.filter(job__project__in=Project.objects.visible_to(user))

    def stale(self) -> "ResultQuerySet":
        """Results still to be brought home whose try is due."""
        return self.filter(state=Result.State.PENDING, next_try_at__lte=timezone.now())


class Result(models.Model):
    """One URL of a generation's result. `source_url` is wiped once the bytes are ours."""

    class State(models.TextChoices):
        PENDING = "pending", "Being brought home"
        HELD = "held", "Host not allowed"
        COLLECTED = "collected", "Here"
        LOST = "lost", "Could not be collected"
        REMOVED = "removed", "Removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="results")
    index = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    source_url = models.TextField(blank=True)
    source_host = models.CharField(max_length=253, blank=True)
    kind = models.CharField(max_length=8, blank=True)  # image, video, audio, other
    mime_type = models.CharField(max_length=80, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_seconds = models.FloatField(null=True)
    peaks = models.JSONField(default=list)  # loudness 0 to 100 of 96 slices, for audio
    content = models.FileField(upload_to=stored_name, blank=True, max_length=300)
    preview = models.FileField(upload_to=stored_name, blank=True, max_length=300)  # WebP thumbnail or poster frame
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    collected_at = models.DateTimeField(null=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="one_result_an_index")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="pending"), name="result_due"),
            models.Index(
                fields=["id"], condition=models.Q(state="removed") & ~models.Q(content=""), name="result_to_wipe"
            ),
        ]

    def __str__(self) -> str:
        return f"result {self.index} of {self.job_id}"

    @property
    def is_late(self) -> bool:
        """Whether the last try failed and there is another; `problem` says what it failed of."""
        return self.state == self.State.PENDING and bool(self.problem)

    @property
    def waits_until(self) -> datetime | None:
        """When it is tried again; None within a minute, and while it is tried."""
        at = self.next_try_at
        return at if at and at > timezone.now() + timedelta(minutes=1) else None

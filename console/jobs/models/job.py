"""One Rivya generation, from the click to the last byte."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from console.keys.models import Key, Secret
from console.projects.models import Project
from console.teams.models import Team

# After this the same idempotency key may no longer protect us (rivya-api.md A15: 24 h), so a person decides.
RESEND_WITHIN = timedelta(hours=20)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, found through the asker or by what is due."""

    def visible_to(self, user: Any) -> "JobQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))

    def open(self) -> "JobQuerySet":
        return self.filter(status__in=Job.OPEN)

    def due(self, now: datetime | None = None) -> "JobQuerySet":
        """Open jobs whose next step is due, whoever held them last."""
        return self.open().filter(next_check_at__lte=now or timezone.now())

    def lapsed(self) -> "JobQuerySet":
        """Sent without an answer, so long ago that sending the same key again might buy a second time."""
        long_ago = timezone.now() - RESEND_WITHIN
        in_doubt = models.Q(rivya_id="", sends__gt=models.F("clear_sends"))
        return self.open().filter(in_doubt, first_sent_at__lt=long_ago)

    def nudge(self, jobs: Iterable[uuid.UUID]) -> int:
        """Make these due now, as far as they are open; returns how many were."""
        due = list(jobs)
        return self.open().filter(pk__in=due).update(next_check_at=timezone.now()) if due else 0


class Job(models.Model):
    """Intent, exact bytes, key and reservation are one committed row before the first byte goes to Rivya."""

    class Status(models.TextChoices):
        UNSENT = "unsent", "Sending"
        QUEUED = "queued", "Queued"
        PROCESSING = "processing", "Processing"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Outcome unknown"
        NEEDS_REVIEW = "needs_review", "Needs review"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN: ClassVar = (Status.UNSENT, Status.QUEUED, Status.PROCESSING, Status.UNKNOWN)
    FINAL: ClassVar = (Status.SUCCEEDED, Status.FAILED, Status.REFUSED, Status.WITHDRAWN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="jobs")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="jobs")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="jobs")
    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, related_name="jobs")
    account = models.ForeignKey("keys.Account", on_delete=models.PROTECT, related_name="jobs")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    submission = models.UUIDField(unique=True)  # made with the form: the same form sent twice is one job
    retried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")

    model = models.CharField(max_length=120)
    model_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)  # image, video, audio
    prompt = models.TextField(blank=True)
    params = models.JSONField(default=dict)  # without the references
    body = models.BinaryField()
    idempotency_key = models.CharField(max_length=64, unique=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNSENT)
    rivya_id = models.CharField(max_length=512, blank=True)
    rivya_status = models.CharField(max_length=64, blank=True)
    quoted_credits = models.PositiveIntegerField()
    reserved_credits = models.PositiveIntegerField(null=True)
    final_credits = models.PositiveIntegerField(null=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    request_id = models.CharField(max_length=200, blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    first_sent_at = models.DateTimeField(null=True)  # the first send of those that went unanswered
    sends = models.PositiveIntegerField(default=0)  # counted before the first byte goes out
    clear_sends = models.PositiveIntegerField(default=0)  # sends whose answer surely means: not done
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)  # when a member first looked at what came out
    results_removed_at = models.DateTimeField(null=True)  # the project's retention took its results
    deadline_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)
    misses = models.PositiveSmallIntegerField(default=0)  # reads in a row that said: no such task
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "rivya_id"], condition=~models.Q(rivya_id=""), name="one_job_a_generation"
            )
        ]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="job_team"),
            models.Index(fields=["team", "status", "-created_at", "-id"], name="job_team_status"),
            models.Index(fields=["team", "kind", "-created_at", "-id"], name="job_team_kind"),
            models.Index(fields=["team", "model", "-created_at", "-id"], name="job_team_model"),
            models.Index(fields=["team", "created_by", "-created_at", "-id"], name="job_team_person"),
            models.Index(fields=["project", "-created_at", "-id"], name="job_project"),
            models.Index(fields=["project", "status", "-created_at", "-id"], name="job_project_status"),
            models.Index(fields=["key", "-created_at", "-id"], name="job_key"),
            models.Index(fields=["rivya_id"], name="job_rivya_id"),
            models.Index(fields=["request_id"], condition=~models.Q(request_id=""), name="job_request_id"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(status__in=["failed", "refused", "unknown", "needs_review"]),
                name="job_gone_wrong",
            ),
            models.Index(
                fields=["team", "created_at"],
                condition=models.Q(status="succeeded", opened_at=None),
                name="job_unopened",
            ),
            models.Index(
                fields=["team", "error_code", "-created_at", "-id"],
                condition=~models.Q(error_code=""),
                name="job_team_error",
            ),
            models.Index(
                fields=["project", "finished_at"],
                condition=models.Q(status="succeeded", results_removed_at=None),
                name="job_results_kept",
            ),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(status__in=["unsent", "queued", "processing", "unknown"]),
                name="job_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_name} job {self.pk.hex[:8]}"  # no prompt: support reads this

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL

    @property
    def is_counted_as_failure(self) -> bool:
        """Whether the failed-job desk has it; one of unknown outcome comes there when that lasts."""
        return self.status in (self.Status.FAILED, self.Status.REFUSED, self.Status.NEEDS_REVIEW)

    @property
    def is_in_doubt(self) -> bool:
        """A send went unanswered: Rivya may or may not have the job."""
        return self.sends > self.clear_sends

    @property
    def can_be_withdrawn(self) -> bool:
        """Only a job that Rivya surely does not have: it has no cancel call."""
        return self.status == self.Status.UNSENT and not self.is_in_doubt

    @property
    def elapsed(self) -> timedelta:
        return (self.finished_at or timezone.now()) - self.created_at

"""What is counted: one row a job that failed, and the list of jobs that have to be looked at again."""

import uuid

from django.db import models

from console.failures.models.cause import NOBODY, Cause
from console.jobs.models import Job


class Failure(models.Model):
    """A job as its cause counts it; `id` is the job's own. Without a cause it waits until `ripens_at`, when the job has
    been of unknown outcome for too long.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="failure")
    cause = models.ForeignKey(Cause, null=True, on_delete=models.CASCADE, related_name="failures")
    ripens_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField()
    day = models.DateField()
    project_id = models.UUIDField()
    person_id = models.UUIDField(default=NOBODY)
    charged = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["cause", "-failed_at", "-id"], name="failure_cause_recent"),
            models.Index(fields=["ripens_at"], condition=models.Q(cause=None), name="failure_ripens"),
        ]

    def __str__(self) -> str:
        return f"failure of {self.job_id}"


class Changed(models.Model):
    """A job whose failure may have begun, changed or ended. Database triggers write it, whoever changes the job."""

    id = models.BigAutoField(primary_key=True)
    job_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.job_id} changed"

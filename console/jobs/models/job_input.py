"""What a job was given to work from."""

import uuid

from django.db import models

from console.files.models import ReferenceFile, Upload
from console.jobs.models.job import Job


class JobInput(models.Model):
    """One reference file of a job, in order, with the upload that its bytes name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="inputs")
    position = models.PositiveSmallIntegerField()
    file = models.ForeignKey(ReferenceFile, on_delete=models.PROTECT, related_name="uses")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="one_input_a_position")]

    def __str__(self) -> str:
        return f"{self.file} for {self.job_id}"

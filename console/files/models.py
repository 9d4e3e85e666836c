"""A project's reference files, and the copies of them that live at Rivya for a while."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from console.keys.models import Account
from console.projects.models import Project
from console.teams.models import Team


class FileKind(models.TextChoices):
    """What Rivya takes as a reference (rivya-api.md §4.1)."""

    IMAGE = "image", "Image"
    VIDEO = "video", "Video"
    AUDIO = "audio", "Audio"


def stored_name(file: "ReferenceFile", name: str) -> str:
    """Where the bytes lie: named after themselves, so that the same bytes are kept once a team."""
    return f"references/{file.team_id}/{file.sha256}"


def preview_name(file: "ReferenceFile", name: str) -> str:
    """Where the preview lies."""
    return f"references/{file.team_id}/{file.sha256}.preview.webp"


class ReferenceFileQuerySet(models.QuerySet["ReferenceFile"]):
    """Files, found through the asker."""

    def visible_to(self, user: Any) -> "ReferenceFileQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))

    def kept(self) -> "ReferenceFileQuerySet":
        return self.filter(removed_at=None)


class ReferenceFile(models.Model):
    """A file a person gave us, checked by content and kept by us; `sha256` is of its bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="files")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=5, choices=FileKind.choices)
    name = models.CharField(max_length=200)
    mime_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_seconds = models.FloatField(null=True)
    peaks = models.JSONField(default=list)  # loudness 0 to 100 of 96 slices, for audio
    content = models.FileField(upload_to=stored_name, max_length=200)
    preview = models.FileField(upload_to=preview_name, max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    objects = ReferenceFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"], condition=models.Q(removed_at=None), name="same_bytes_once_a_project"
            )
        ]
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="file_project_recent"),
            models.Index(fields=["team", "-created_at", "-id"], name="file_team_recent"),
            models.Index(fields=["team", "sha256"], name="file_same_bytes"),
            models.Index(
                fields=["removed_at"],
                condition=models.Q(removed_at__isnull=False) & ~models.Q(content=""),
                name="file_removed_with_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} file {self.pk.hex[:8]}"  # support sees this: the name is the team's own

    @property
    def size_words(self) -> str:
        """The size as people read it, in the same MB as the limits."""
        if self.size_bytes < 1_000_000:
            return f"{-(-self.size_bytes // 1000)} kB"
        return f"{self.size_bytes / 1_000_000:.1f} MB"

    @property
    def loudness(self) -> list[float]:
        """The peaks from 0 to 1, as the player draws them."""
        return [peak / 100 for peak in self.peaks]


class UploadQuerySet(models.QuerySet["Upload"]):
    """Copies at Rivya."""

    def alive(self) -> "UploadQuerySet":
        return self.filter(expires_at__gt=timezone.now())


class Upload(models.Model):
    """One copy at one Rivya account. `url` and `duration_token` are secrets in practice: never logged, never shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="uploads")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=FileKind.choices)
    rivya_id = models.CharField(max_length=200)
    url = models.TextField()
    duration_token = models.TextField(blank=True)
    mime_type = models.CharField(max_length=80)
    duration_seconds = models.FloatField(null=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["account", "sha256", "-expires_at"], name="upload_reuse")]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class UploadClaim(models.Model):
    """Somebody is uploading these bytes to this account; the row goes when the upload is written down or has failed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    lease = models.UUIDField()
    leased_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sha256"], name="one_upload_at_a_time")]

    def __str__(self) -> str:
        return f"upload of {self.sha256[:8]} to {self.account_id}"

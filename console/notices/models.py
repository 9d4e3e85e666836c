"""What a person is told: in the page, and by mail."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.teams.models import Team


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, each for one person of one team."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        return self.filter(person=user, team__memberships__user=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """`key` names the occasion: a person is told of it once. `url` is a path of this console."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.SlugField(max_length=32)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=160)
    text = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once_an_occasion")]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["at"], condition=models.Q(mailed_at=None), name="notice_unmailed"),
        ]

    def __str__(self) -> str:
        return self.title

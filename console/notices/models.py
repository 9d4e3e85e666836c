"""What a person is told: in the page, and by mail."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from console.teams.models import Membership, Team


def _readable() -> models.Q:
    """Notices whose person belongs to the team and sees the project that it is about, if it is about one."""
    member = Membership.objects.active().filter(user=models.OuterRef("person"), team=models.OuterRef("team"))
    named = member.filter(project_members__project=models.OuterRef("project_id"))
    at_large = models.Q(models.Exists(member), project_id=None)
    return at_large | models.Q(models.Exists(member.seeing_all())) | models.Q(models.Exists(named))


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, each for one person of one team."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        return self.filter(_readable(), person=user)

    def unmailed(self) -> "NoticeQuerySet":
        """Those whose mail is still to go out, for people who want it and still belong to the team."""
        without = MailChoice.objects.filter(person=models.OuterRef("person"), wants_mail=False)
        wanted = self.filter(mailed_at=None, read_at=None)
        return wanted.filter(~models.Exists(without), _readable())

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """`key` names the occasion: a person is told of it once. `url` is a path of this console.

    `mailed_at` is set once a mail server took its mail, or said that it never will; its lease covers the time before,
    and without a lease `leased_until` is when it is tried again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    project_id = models.UUIDField(null=True)  # what it is about, if it is about one: read by who sees it
    kind = models.SlugField(max_length=32)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=160)
    text = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once_an_occasion")]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["created_at"], condition=models.Q(mailed_at=None), name="notice_unmailed"),
        ]

    def __str__(self) -> str:
        return self.title


class MailChoice(models.Model):
    """Whether a person gets notices by mail too; without a row they do."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mail_choice"
    )
    wants_mail = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person}: {'mail' if self.wants_mail else 'no mail'}"

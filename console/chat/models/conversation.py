"""One Rivya chat session, as a team sees it: a model, an account and a line of turns."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from console.keys.models import Account, Key
from console.projects.models import Project
from console.teams.models import Team


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations, found through the asker."""

    def visible_to(self, user: Any) -> "ConversationQuerySet":
        return self.filter(project__in=Project.objects.visible_to(user))

    def kept(self) -> "ConversationQuerySet":
        return self.filter(archived_at=None, words_removed_at=None)


class Conversation(models.Model):
    """A session belongs to one account and one model (rivya-api.md §7): another model is another conversation.

    `session_id` is Rivya's and empty until the first event of the first turn. `capabilities` is `chat_capabilities` as
    it was when the conversation began.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="conversations")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="conversations")
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="conversations")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="conversations")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=120)
    model_name = models.CharField(max_length=200)
    capabilities = models.JSONField(default=dict)
    session_id = models.CharField(max_length=512, blank=True)
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    last_turn_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True)
    words_removed_at = models.DateTimeField(
        null=True
    )  # the project's retention took what was said; nothing is asked now

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_turn_at", "-id"]
        indexes = [
            models.Index(fields=["team", "-last_turn_at", "-id"], name="conversation_team"),
            models.Index(fields=["project", "-last_turn_at", "-id"], name="conversation_project"),
            models.Index(fields=["account", "session_id"], name="conversation_session"),
            models.Index(
                fields=["project", "last_turn_at"],
                condition=models.Q(words_removed_at=None),
                name="conversation_words_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"  # support sees this: the title is what was said

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def can(self, capability: str) -> bool:
        """Whether the model has it; a missing field counts as no (rivya-api.md A8)."""
        return bool(self.capabilities.get(capability))

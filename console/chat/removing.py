"""What a project's retention takes of chats: questions, answers, titles and attachments. Tokens and credits stay.

A conversation goes as a whole, once its last turn is old enough and none of its turns waits for anything. The triggers
of the text index forget its words in the same statement (migration `search`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef
from django.utils import timezone

from console.chat.models import Conversation, ConversationQuerySet, Turn, TurnAttachment, TurnPiece
from console.live.publishing import publish
from console.projects.models import Project

MOST_AT_ONCE: Final = 20
TITLE: Final = "Removed chat"


@dataclass(frozen=True)
class Due:
    """How many; `oldest` is when the first of them was last used."""

    conversations: int = 0
    oldest: datetime | None = None


def due(project: Project, before: datetime) -> ConversationQuerySet:
    """Conversations of the project last used before then, oldest first; none with a turn that is not final."""
    waiting = Turn.objects.filter(conversation=OuterRef("pk"), finished_at=None)
    old = Conversation.objects.filter(project=project, words_removed_at=None, last_turn_at__lt=before)
    return old.filter(~Exists(waiting)).order_by("last_turn_at")


def count_due(project: Project, before: datetime) -> Due:
    """What would go if everything older than `before` went now."""
    found = due(project, before).order_by().aggregate(conversations=Count("pk"), oldest=Min("last_turn_at"))
    return Due(found["conversations"], found["oldest"])


def remove_words(project: Project, before: datetime) -> int:
    """Take the words of the oldest of them. Inside a transaction; returns how many conversations."""
    old = due(project, before).values_list("pk", flat=True)[:MOST_AT_ONCE]
    held = Conversation.objects.select_for_update(no_key=True).filter(pk__in=list(old), last_turn_at__lt=before)
    pks = list(held.values_list("pk", flat=True))  # asking writes the row first: a question asked since is seen here
    forget(pks)
    for pk in pks:
        publish(project.team_id, f"conversation-{pk}", id=str(pk))
    return len(pks)


def forget(pks: list[UUID]) -> None:
    """Empty these conversations of all that was said in them."""
    turns = Turn.objects.filter(conversation__in=pks)
    TurnAttachment.objects.filter(turn__in=turns).delete()
    TurnPiece.objects.filter(turn__in=turns).delete()
    turns.update(question="", answer="", body=b"{}", controls={}, error_message="")
    Conversation.objects.filter(pk__in=pks).update(title=TITLE, words_removed_at=timezone.now())

"""Open a turn: question, idempotency key, exact bytes and reservation in one transaction, before anything is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from console import rivya
from console.catalogue.models import CatalogueModel
from console.chat.models import Conversation, Turn, TurnAttachment
from console.chat.unlocking import KeyUnusable
from console.credits import ledger
from console.files.models import ReferenceFile, Upload
from console.keys.models import Secret
from console.live.publishing import publish
from console.projects.models import Project
from console.teams.models import User

# A turn whose process says nothing for this long is recovered by another; renewed every few seconds.
LEASE = timedelta(seconds=15)
LONGEST_TITLE = 72


class SubmissionTaken(Exception):
    """This form was made for somebody else, or for another conversation; nothing was written."""


class WordsRemoved(Exception):
    """The project's retention took what was said since the page was drawn; nothing was written."""


class TurnOpen(Exception):
    """The conversation's last question is still being answered; nothing was written."""


@dataclass(frozen=True)
class Question:
    """A checked wish: what a person asked, ready to be written down. `conversation` None begins a new one."""

    submission: UUID
    project: Project
    person: User
    model: CatalogueModel
    text: str
    controls: dict[str, Any] = field(default_factory=dict)
    attachments: list[tuple[ReferenceFile, Upload]] = field(default_factory=list)
    conversation: Conversation | None = None
    retried_from: Turn | None = None


def made_by(submission: UUID, person: User, conversation: Conversation | None) -> Turn | None:
    """The turn that this form has made already. Raises SubmissionTaken."""
    turn = Turn.objects.select_related("conversation").filter(submission=submission).first()
    if turn is None:
        return None
    elsewhere = conversation is not None and turn.conversation_id != conversation.pk
    if turn.created_by_id != person.pk or elsewhere:
        raise SubmissionTaken
    return turn


def open_turn(question: Question, secret: Secret, lease: UUID | None) -> tuple[Turn, bool]:
    """Write the turn down; returns it, and whether this call made it. The same submission returns the turn it made.

    With a `lease` the caller runs it at once; without, it is due for whoever recovers. Raises ledger.BudgetReached,
    SubmissionTaken, TurnOpen, WordsRemoved. Sends nothing.
    """
    if already := made_by(question.submission, question.person, question.conversation):
        return already, False
    try:
        with transaction.atomic():
            return _write(question, secret, lease), True
    except IntegrityError:
        if already := made_by(question.submission, question.person, question.conversation):
            return already, False  # the other half of a double click was faster
        if question.conversation is not None and question.conversation.turns.filter(status__in=Turn.OPEN).exists():
            raise TurnOpen from None
        raise


def _write(question: Question, secret: Secret, lease: UUID | None) -> Turn:
    now, turn_id = timezone.now(), uuid4()
    conversation = question.conversation or _begin(question, secret)
    if question.conversation is not None:
        kept = Conversation.objects.filter(pk=conversation.pk, words_removed_at=None)
        if not kept.update(last_turn_at=now, archived_at=None):
            raise WordsRemoved
        conversation.refresh_from_db(fields=["session_id"])
    turn = Turn.objects.create(
        id=turn_id,
        conversation=conversation,
        position=(conversation.turns.aggregate(last=Max("position"))["last"] or 0) + 1,
        submission=question.submission,
        secret=secret,
        created_by=question.person,
        retried_from=question.retried_from,
        question=question.text,
        controls=question.controls,
        body=_body(question, conversation, turn_id),
        idempotency_key=str(uuid4()),
        path=Turn.Path.JSON if conversation.capabilities.get("streaming") is False else Turn.Path.STREAM,
        quoted_credits=question.model.base_credits or 0,
        created_at=now,
        next_check_at=now,
        lease=lease,
        leased_until=now + LEASE if lease else None,
    )
    TurnAttachment.objects.bulk_create(
        TurnAttachment(turn=turn, position=position, file=file, upload=upload)
        for position, (file, upload) in enumerate(question.attachments)
    )
    subject = ledger.Subject(turn.pk, "turn", conversation.model, "chat")
    ledger.reserve(
        subject, project=question.project, key=secret.key, person=question.person, credits=turn.quoted_credits
    )
    publish(
        conversation.team_id,
        f"conversation-{conversation.pk}",
        id=str(conversation.pk),
        turn=str(turn.pk),
        project_id=conversation.project_id,
    )
    return turn


def _begin(question: Question, secret: Secret) -> Conversation:
    capabilities = question.model.raw.get("chat_capabilities")
    conversation = Conversation.objects.create(
        team_id=question.project.team_id,
        project=question.project,
        key_id=secret.key_id,
        account_id=secret.key.account_id,
        created_by=question.person,
        model=question.model.pk,
        model_name=question.model.display_name,
        capabilities=capabilities if isinstance(capabilities, dict) else {},
        title=title_of(question.text),
    )
    publish(
        conversation.team_id,
        "conversations-new",
        id=str(conversation.pk),
        project=str(question.project.pk),
        project_id=question.project.pk,
    )
    return conversation


def title_of(text: str) -> str:
    """The first words of the first question."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def _body(question: Question, conversation: Conversation, turn_id: UUID) -> bytes:
    encode: Callable[..., bytes] = rivya.ChatCalls.encode
    return encode(
        model=conversation.model,
        message=question.text,
        session_id=conversation.session_id or None,
        file_ids=[upload.rivya_id for _, upload in question.attachments],
        client_request_id=f"turn-{turn_id}",
        **question.controls,
    )


__all__ = [
    "LEASE",
    "KeyUnusable",
    "Question",
    "SubmissionTaken",
    "TurnOpen",
    "WordsRemoved",
    "made_by",
    "open_turn",
    "title_of",
]

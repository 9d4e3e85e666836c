"""Find conversations and turns through the asker, and enter their team."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from console.catalogue.models import CatalogueModel
from console.chat.forms import Composer
from console.chat.models import Conversation, Turn, TurnAttachment
from console.teams.access import Act, TeamRequest, enter

_ATTACHED = Prefetch("attachments", TurnAttachment.objects.select_related("file"))


def find_conversation(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, Conversation]:
    """404 for strangers, 403 for the wrong role."""
    related = ("team", "project__key__account", "key", "account__team", "created_by")
    found = Conversation.objects.visible_to(request.user).select_related(*related)
    conversation = get_object_or_404(found, pk=pk)
    return enter(request, conversation.team, act), conversation


def find_turn(request: HttpRequest, pk: UUID, act: Act = Act.VIEW) -> tuple[TeamRequest, Turn]:
    """404 for strangers, 403 for the wrong role."""
    related = (
        "conversation__team",
        "conversation__project__key__account",
        "conversation__key",
        "conversation__account__team",
    )
    found = Turn.objects.visible_to(request.user).select_related(*related, "created_by").prefetch_related(_ATTACHED)
    turn = get_object_or_404(found, pk=pk)
    return enter(request, turn.conversation.team, act), turn


def turns_of(conversation: Conversation, after: int = 0) -> list[Turn]:
    """Its turns in order, with what their page needs; those behind a position."""
    found = conversation.turns.filter(position__gt=after).order_by("position").defer("body")
    turns = list(found.select_related("created_by").prefetch_related(_ATTACHED))
    for turn in turns:
        turn.conversation = conversation
    return turns


def composer_of(conversation: Conversation) -> Composer:
    """What may be asked next, by what the model can do now; by what it could when it is gone from Rivya's list."""
    model = CatalogueModel.objects.filter(pk=conversation.model).first()
    now = model.raw.get("chat_capabilities") if model else None
    capabilities = now if isinstance(now, dict) else conversation.capabilities
    blocked = _blocked(conversation, model)
    return Composer(model, conversation.project, capabilities, blocked, conversation.account)


def _blocked(conversation: Conversation, model: CatalogueModel | None) -> str:
    if conversation.words_removed_at is not None:
        return "What was said here was removed by the project's retention. Begin a new conversation."
    if model is None or model.gone_at is not None or model.api_status != "available":
        return (
            f"{conversation.model_name} cannot be asked at the moment. Go on with another model in a new conversation."
        )
    if conversation.project.archived_at is not None:
        return "The project is archived."
    return ""

"""A conversation's page, and the parts of it that are read again."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from console.chat.finding import composer_of, find_conversation, find_turn, turns_of
from console.chat.forms import AskForm
from console.chat.models import Conversation
from console.chat.presenting import shown_of, shown_turns
from console.chat.resolving import ResolutionForm, needs_resolution
from console.keys.models import Key
from console.projects.reach import within
from console.teams.access import Act, TeamRequest, enter, may

OF_A_KEY = 20


@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/chat/<id>/`."""
    entered, conversation = find_conversation(request, pk)
    return render(entered, "chat/show.html", page_context(entered, conversation))


@require_safe
def turn(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/chat/turns/<id>/`: one turn as it is now, with its stream while it is open."""
    entered, found = find_turn(request, pk)
    if request.headers.get("Sec-Fetch-Mode") == "navigate":  # a link to the turn from another room
        return redirect(f"{reverse('chat:show', args=[found.conversation_id])}#turn-{found.pk}")
    return render(entered, "chat/_turn.html", turn_context(entered, found))


@require_safe
def using_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET `/keys/<id>/chats/`: the conversations that a key is used for, for the page of keys."""
    key = get_object_or_404(Key.objects.visible_to(request.user).select_related("team"), pk=pk)
    entered = enter(request, key.team)
    used = Conversation.objects.kept().filter(within(entered.membership), team=key.team, key=key)
    using = list(used.select_related("project")[: OF_A_KEY + 1])
    context = {"key": key, "conversations": using[:OF_A_KEY], "has_more": len(using) > OF_A_KEY}
    return render(entered, "chat/_using_key.html", context)


def page_context(
    request: TeamRequest, conversation: Conversation, form: AskForm | None = None, **also: Any
) -> dict[str, Any]:
    """What `chat/show.html` takes."""
    turns = shown_turns(turns_of(conversation))
    return {
        "turns": turns,
        "open_turn": next((each for each in turns if each.is_open), None),
        "project": conversation.project,
        "may_submit": may(request.membership.role, Act.SUBMIT),
        "may_manage": may(request.membership.role, Act.SUBMIT),
        "resolution": ResolutionForm(),
        **composer_context(conversation, form),
        **also,
    }


def composer_context(conversation: Conversation, form: AskForm | None = None) -> dict[str, Any]:
    """What `chat/_composer_fields.html` takes."""
    composer = form.composer if form else composer_of(conversation)
    return {"conversation": conversation, "composer": composer, "form": form or AskForm(composer), "problem": None}


def turn_context(request: TeamRequest, turn: Any, resolution: ResolutionForm | None = None) -> dict[str, Any]:
    """What `chat/_turn.html` takes."""
    return {
        "shown": shown_of(turn),
        "may_submit": may(request.membership.role, Act.SUBMIT),
        "resolution": resolution or (ResolutionForm() if needs_resolution(turn) else None),
    }

"""What can be done to a conversation and its turns, apart from asking."""

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from console.audit.recording import record
from console.chat.finding import find_conversation, find_turn
from console.chat.forms import TitleForm
from console.chat.models import Conversation, Turn
from console.chat.resolving import ResolutionForm, resolve
from console.chat.running import stage
from console.chat.stopping import request_stop
from console.chat.views import turn_context
from console.live.publishing import publish
from console.teams.access import Act, TeamRequest


@require_POST
async def stop(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """POST `/chat/turns/<id>/stop/`: 204 for htmx; twice is once."""
    entered, turn = await sync_to_async(find_turn)(request, pk, Act.SUBMIT)
    await sync_to_async(request_stop)(turn, entered.user, request=request)
    stage().stop(turn.pk)
    return HttpResponse(status=204) if entered.htmx else _back(turn)


@require_POST
def title(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/chat/<id>/title/`."""
    entered, conversation = find_conversation(request, pk, Act.SUBMIT)
    if conversation.words_removed_at is not None:
        raise Http404("What was said here was removed.")
    form = TitleForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            before, conversation.title = conversation.title, form.cleaned_data["title"]
            conversation.save(update_fields=["title"])
            titles = {"before": {"title": before}, "after": {"title": conversation.title}}
            _record(entered, "conversation.renamed", conversation, **titles)
            _tell(conversation)
    if entered.htmx or not form.is_valid():
        context = {"conversation": conversation, "form": form}
        return render(entered, "chat/_title.html", context, status=200 if form.is_valid() else 422)
    return redirect("chat:show", pk=conversation.pk)


@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/chat/<id>/archive/`: `archived` 1 puts it away, 0 brings it back; nothing is deleted."""
    entered, conversation = find_conversation(request, pk, Act.SUBMIT)
    away = request.POST.get("archived", "1") == "1"
    with transaction.atomic():
        conversation.archived_at = timezone.now() if away else None
        conversation.save(update_fields=["archived_at"])
        act = "conversation.archived" if away else "conversation.restored"
        _record(entered, act, conversation, before={"archived": not away}, after={"archived": away})
        _tell(conversation)
    messages.success(request, f"{conversation.title} is {'archived' if away else 'back in the list'}.")
    return redirect("chat:index") if away else redirect("chat:show", pk=conversation.pk)


@require_POST
def resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST `/chat/turns/<id>/resolution/`: a person says what became of a turn that needs review."""
    entered, turn = find_turn(request, pk, Act.SUBMIT)
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        return _turn(entered, turn, form, 422)
    resolve(turn, entered.user, **form.cleaned_data, request=request)
    turn.refresh_from_db()
    return _turn(entered, turn) if entered.htmx else _back(turn)


def _turn(request: TeamRequest, turn: Turn, form: ResolutionForm | None = None, status: int = 200) -> HttpResponse:
    return render(request, "chat/_turn.html", turn_context(request, turn, form), status=status)


def _back(turn: Turn) -> HttpResponse:
    answer = redirect("chat:show", pk=turn.conversation_id)
    answer["Location"] += f"#turn-{turn.pk}"
    return answer


def _record(asker: TeamRequest, act: str, conversation: Conversation, **facts: dict[str, Any]) -> None:
    record(act, conversation, team_id=conversation.team_id, actor=asker.user, request=asker, **facts)


def _tell(conversation: Conversation) -> None:
    publish(
        conversation.team_id,
        f"conversation-{conversation.pk}",
        id=str(conversation.pk),
        project_id=conversation.project_id,
    )

"""A conversation as a file: Markdown to read, JSON to compute with."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from console.audit.recording import record
from console.chat.finding import find_conversation, turns_of
from console.chat.models import Conversation, Turn
from console.teams.proof import proven


@require_GET
@proven
def export(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """GET `/chat/<id>/export.md` or `.json`."""
    if form not in ("md", "json"):
        raise Http404
    entered, conversation = find_conversation(request, pk)
    after = {"format": form}
    record(
        "conversation.exported",
        conversation,
        team_id=conversation.team_id,
        actor=entered.user,
        after=after,
        request=request,
    )
    turns = turns_of(conversation)
    answer: HttpResponse
    if form == "json":
        answer = JsonResponse(as_json(conversation, turns), json_dumps_params={"indent": 2, "ensure_ascii": False})
    else:
        answer = HttpResponse("".join(as_markdown(conversation, turns)), content_type="text/markdown; charset=utf-8")
    name = slugify(conversation.title)[:60] or "conversation"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def as_markdown(conversation: Conversation, turns: list[Turn]) -> Iterator[str]:
    """Questions as quotes, answers as they are."""
    yield f"# {' '.join(conversation.title.split())}\n\n"
    yield f"{conversation.model_name}, {conversation.created_at:%Y-%m-%d %H:%M} UTC\n"
    for turn in turns:
        quoted = "\n".join(f"> {line}".rstrip() for line in turn.question.splitlines())
        yield f"\n---\n\n{quoted}\n\n"
        yield f"{turn.answer}\n" if turn.status == Turn.Status.DONE else f"*{turn.get_status_display()}.*\n"
        if turn.status != Turn.Status.DONE and turn.answer:
            yield f"\n{turn.answer}\n"


def as_json(conversation: Conversation, turns: list[Turn]) -> dict[str, Any]:
    """Everything of it, and what it cost."""
    return {
        "title": conversation.title,
        "model": conversation.model,
        "project": conversation.project.name,
        "rivya_session_id": conversation.session_id,
        "created_at": conversation.created_at,
        "turns": [_turn(turn) for turn in turns],
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.pk,
        "position": turn.position,
        "status": turn.status,
        "asked_by": str(turn.created_by) if turn.created_by else None,
        "asked_at": turn.created_at,
        "finished_at": turn.finished_at,
        "question": turn.question,
        "attachments": [each.file.name for each in turn.attachments.all()],
        "controls": turn.controls,
        "answer": turn.answer,
        "error_code": turn.error_code or None,
        "rivya_message_id": turn.rivya_message_id or None,
        "request_id": turn.request_id or None,
        "tokens": {"input": turn.input_tokens, "output": turn.output_tokens, "total": turn.total_tokens},
        "credits": {"reserved": turn.reserved_credits, "final": turn.final_credits},
    }

"""Conversations for support: to look at, never to change. What was said stays closed."""

from contextlib import suppress
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from console.chat.models import Conversation, Turn
from console.ui.admin import LookOnly


@admin.register(Conversation)
class ConversationAdmin(LookOnly):
    """Found by whole ids. The title is the first question, so it is closed too."""

    list_display = ("id", "team", "model", "created_at", "last_turn_at", "archived_at")
    list_select_related = ("team",)
    fields = (
        *("id", "team", "project", "account", "key", "created_by", "model", "session_id"),
        *("created_at", "last_turn_at", "archived_at", "turn_count"),
    )
    readonly_fields = ("turn_count",)

    @admin.display(description="turns")
    def turn_count(self, conversation: Conversation) -> int:
        """How many."""
        return conversation.turns.count()


@admin.register(Turn)
class TurnAdmin(LookOnly):
    """Found by whole ids; question, answer and bytes are told by their length."""

    list_display = ("id", "team", "status", "error_code", "final_credits", "created_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("conversation__team",)
    search_fields = ("idempotency_key",)
    search_help_text = "Our turn id, the idempotency key or Rivya's message id, whole."
    fields = (
        *("id", "conversation", "position", "created_by", "retried_from", "idempotency_key", "rivya_message_id"),
        *("path", "status", "error_code", "request_id", "sends", "clear_sends", "checks"),
        *("quoted_credits", "reserved_credits", "final_credits", "input_tokens", "output_tokens", "total_tokens"),
        *("created_at", "first_sent_at", "stop_requested_at", "finished_at", "next_check_at", "leased_until"),
        *("question_length", "answer_length", "message_length"),
    )
    readonly_fields = ("question_length", "answer_length", "message_length")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Turn]", search_term: str
    ) -> "tuple[QuerySet[Turn], bool]":
        """Whole ids only."""
        term = search_term.strip().replace("\0", "")
        if not term:
            return queryset, False
        wanted = Q(idempotency_key=term) | Q(rivya_message_id=term)
        with suppress(ValueError):
            wanted |= Q(pk=UUID(term))
        return queryset.filter(wanted), False

    @admin.display(description="team")
    def team(self, turn: Turn) -> str:
        """Whose it is."""
        return str(turn.conversation.team)

    @admin.display(description="question")
    def question_length(self, turn: Turn) -> str:
        """How long it is; what it says is the team's own."""
        return f"{len(turn.question)} characters, closed"

    @admin.display(description="answer")
    def answer_length(self, turn: Turn) -> str:
        """How long it is."""
        return f"{len(turn.answer)} characters, closed"

    @admin.display(description="Rivya's message")
    def message_length(self, turn: Turn) -> str:
        """Rivya may repeat in it what was asked."""
        return f"{len(turn.error_message)} characters, closed" if turn.error_message else "none"

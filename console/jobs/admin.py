"""Jobs for support: to look at, never to change. Prompts, parameters, bodies and addresses stay closed.

The evidence below the fields is `templates/admin/jobs/job/change_form.html`, drawn by the room of support.
"""

from contextlib import suppress
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from console.jobs.models import Job
from console.ui.admin import LookOnly

_IDS = ("id", "team", "project", "account", "key", "created_by", "retried_from", "idempotency_key", "rivya_id")
_STATE = ("status", "rivya_status", "error_code", "request_id", "sends", "clear_sends", "checks", "misses")
_CREDITS = ("quoted_credits", "reserved_credits", "final_credits")
_TIMES = ("created_at", "first_sent_at", "accepted_at", "finished_at", "deadline_at", "next_check_at", "leased_until")
_CLOSED = ("prompt_length", "parameter_names", "reference_count", "body_length", "message_length")


@admin.register(Job)
class JobAdmin(LookOnly):
    """Found by whole ids."""

    list_display = ("__str__", "team", "status", "rivya_id", "error_code", "final_credits", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("team",)
    search_fields = ("rivya_id",)
    search_help_text = "Rivya's task id, our job id or the idempotency key, whole."
    fields = (*_IDS, "model", "kind", *_STATE, *_CREDITS, *_TIMES, *_CLOSED)
    readonly_fields = _CLOSED

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Job]", search_term: str
    ) -> "tuple[QuerySet[Job], bool]":
        """Whole ids only, so that a million jobs are searched by index."""
        term = search_term.strip().replace("\0", "")
        if not term:
            return queryset, False
        wanted = Q(rivya_id=term) | Q(idempotency_key=term)
        with suppress(ValueError):
            wanted |= Q(pk=UUID(term))
        return queryset.filter(wanted), False

    @admin.display(description="prompt")
    def prompt_length(self, job: Job) -> str:
        """How long it is; what it says is the team's own."""
        return f"{len(job.prompt)} characters, closed"

    @admin.display(description="parameters")
    def parameter_names(self, job: Job) -> str:
        """Their names without their values."""
        return ", ".join(sorted(job.params)) or "none"

    @admin.display(description="references")
    def reference_count(self, job: Job) -> int:
        """How many files it was given."""
        return job.inputs.count()

    @admin.display(description="body")
    def body_length(self, job: Job) -> str:
        """How many bytes were sent."""
        return f"{len(job.body)} bytes, closed"

    @admin.display(description="Rivya's message")
    def message_length(self, job: Job) -> str:
        """Rivya may repeat in it what was asked."""
        return f"{len(job.error_message)} characters, closed" if job.error_message else "none"

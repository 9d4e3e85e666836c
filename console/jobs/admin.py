"""Jobs for support: to look at, never to change. Prompts, parameters, bodies and addresses stay closed."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from console.jobs.models import Job, JobInput, Result, Step
from console.ui.admin import LookOnly

_IDS = ("id", "team", "project", "account", "key", "created_by", "retried_from", "idempotency_key", "rivya_id")
_STATE = (
    "status",
    "rivya_status",
    "error_code",
    "error_message",
    "request_id",
    "sends",
    "clear_sends",
    "checks",
    "misses",
)
_CREDITS = ("quoted_credits", "reserved_credits", "final_credits")
_TIMES = ("created_at", "first_sent_at", "accepted_at", "finished_at", "deadline_at", "next_check_at", "leased_until")


class LookOnlyInline(admin.TabularInline[Any, Job]):
    """Rows of a job, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ResultInline(LookOnlyInline):
    """Results without their addresses and bytes."""

    model = Result
    fields = ("index", "state", "kind", "mime_type", "size_bytes", "source_host", "tries", "problem", "collected_at")


class InputInline(LookOnlyInline):
    """References without their names and bytes."""

    model = JobInput
    fields = readonly_fields = ("position", "kind", "size_bytes")

    @admin.display()
    def kind(self, item: JobInput) -> str:
        """What sort of file."""
        return item.file.kind

    @admin.display()
    def size_bytes(self, item: JobInput) -> int:
        """Its length."""
        return item.file.size_bytes


class StepInline(LookOnlyInline):
    """The evidence."""

    model = Step
    fields = ("at", "last_at", "count", "source", "kind", "told")
    readonly_fields = ("told",)

    @admin.display(description="note")
    def told(self, step: Step) -> str:
        """The console's and Rivya's own words; what a person wrote is closed."""
        return step.note if step.source != Step.Source.PERSON else f"{len(step.note)} characters, closed"


@admin.register(Job)
class JobAdmin(LookOnly):
    """Found by whole ids."""

    list_display = ("id", "team", "model", "status", "rivya_id", "error_code", "final_credits", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("team",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("rivya_id",)
    search_help_text = "Rivya's task id, our job id or the idempotency key, whole."
    fields = (*_IDS, "model", "kind", *_STATE, *_CREDITS, *_TIMES, "prompt_length", "parameter_names", "body_length")
    readonly_fields = ("prompt_length", "parameter_names", "body_length")
    inlines = (ResultInline, InputInline, StepInline)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Job]", search_term: str
    ) -> "tuple[QuerySet[Job], bool]":
        """Whole ids only, so that a million jobs are searched by index."""
        term = search_term.strip()
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

    @admin.display(description="body")
    def body_length(self, job: Job) -> str:
        """How many bytes were sent."""
        return f"{len(job.body)} bytes, closed"

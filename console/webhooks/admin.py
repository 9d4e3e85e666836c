"""Endpoints and deliveries for support: to look at. No secret, no address of a door."""

from django.contrib import admin

from console.ui.admin import LookOnly
from console.webhooks.models import Delivery, Endpoint


@admin.register(Endpoint)
class EndpointAdmin(LookOnly):
    list_display = ("id", "team", "name", "state", "rivya_status", "rivya_failures", "silent_since", "created_at")
    list_filter = ("state",)
    list_select_related = ("team",)
    search_fields = ("rivya_id",)
    fields = (
        "id", "team", "account", "key", "name", "scheme", "state", "created_by", "created_at", "active_since",
        "rotating_since", "deleting_since", "silent_since", "deleted_at", "rivya_id", "rivya_status", "rivya_failures",
        "rivya_success_at", "rivya_failure_at", "read_at",
    )  # fmt: skip


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    list_display = ("created_at", "team", "endpoint", "verdict", "effect", "event_id", "task_id", "times")
    list_filter = ("verdict", "effect")
    list_select_related = ("team", "endpoint")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("=event_id", "=task_id")
    search_help_text = "Rivya's event id or task id, whole."
    fields = (
        "id", "team", "endpoint", "created_at", "last_at", "times", "verdict", "effect", "event_id", "event_type",
        "event_at", "task_id", "job", "used_old_secret", "clock_off_seconds", "size_bytes", "header_names", "address",
        "answer_status",
    )  # fmt: skip

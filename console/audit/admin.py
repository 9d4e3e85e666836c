"""The audit log, for looking."""

from django.contrib import admin

from console.audit.models import AuditEvent
from console.ui.admin import LookOnly


@admin.register(AuditEvent)
class AuditEventAdmin(LookOnly):
    list_display = ("at", "actor_label", "act", "object_kind", "object_label", "address")
    list_filter = ("act", "object_kind")
    search_fields = ("actor_label", "object_label", "object_id", "request_id")
    date_hierarchy = "at"
    show_full_result_count = False

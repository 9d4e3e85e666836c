"""The ledger, for looking."""

from django.contrib import admin

from console.credits.models import Budget, Entry
from console.ui.admin import LookOnly


@admin.register(Entry)
class EntryAdmin(LookOnly):
    list_display = ("at", "team", "project", "kind", "credits", "subject_kind", "subject", "model", "person")
    list_filter = ("kind", "media_kind", "month")
    search_fields = ("subject", "model", "project__name", "team__name")
    list_select_related = ("team", "project", "person")
    show_full_result_count = False


@admin.register(Budget)
class BudgetAdmin(LookOnly):
    list_display = ("project", "month", "committed")
    list_select_related = ("project",)

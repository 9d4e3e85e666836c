"""Projects, for looking."""

from django.contrib import admin

from console.projects.models import Project
from console.ui.admin import LookOnly


@admin.register(Project)
class ProjectAdmin(LookOnly):
    list_display = ("name", "team", "key", "monthly_budget", "created_at", "archived_at")
    list_filter = ("team",)
    search_fields = ("name", "id")
    list_select_related = ("team", "key")
